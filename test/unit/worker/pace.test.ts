import { expect, test } from 'vitest';
import { openPace } from '../../../worker/pace.js';

const afterJobs = (...ms: (number | 'broke')[]): boolean => {
  const pace = openPace();
  for (const one of ms) one === 'broke' ? pace.broke() : pace.took(one);
  return pace.isBrisk();
};

test('a worker is brisk after some short jobs in a row, and no longer once one is not', () => {
  expect(afterJobs()).toBe(false);
  expect(afterJobs(3, 3, 3, 3)).toBe(false);
  expect(afterJobs(3, 3, 3, 3, 3)).toBe(true);
  expect(afterJobs(3, 3, 3, 3, 3, 3, 900)).toBe(false);
  expect(afterJobs(3, 3, 3, 3, 3, 3, 'broke', 3)).toBe(false);
  expect(afterJobs(900, 3, 3, 3, 3, 3)).toBe(true);
});
