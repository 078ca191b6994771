import { expect, test } from 'vitest';
import { openPace } from '../../../worker/pace.js';

const paceAfter = (ms: readonly (number | 'broke')[], together = true) => {
  const pace = openPace();
  for (const one of ms) one === 'broke' ? pace.broke() : pace.took(one, together);
  return pace;
};
const jobsAfter = (...ms: (number | 'broke')[]): number => paceAfter(ms).jobs();

test('a worker takes more jobs after some short ones in a row, and one for each process once one is not', () => {
  expect(jobsAfter()).toBe(1);
  expect(jobsAfter(90, 90, 90, 90)).toBe(1);
  expect(jobsAfter(90, 90, 90, 90, 90)).toBe(3);
  expect(jobsAfter(90, 90, 90, 90, 90, 90, 900)).toBe(2);
  expect(jobsAfter(90, 90, 90, 90, 90, 90, 9000)).toBe(1);
  expect(jobsAfter(90, 90, 90, 90, 90, 90, 'broke', 90)).toBe(1);
  expect(jobsAfter(9000, 90, 90, 90, 90, 90)).toBe(3);
});

test('it takes the most of those that compute next to nothing', () => {
  expect(jobsAfter(3, 3, 3, 3, 3)).toBe(16);
  expect(jobsAfter(3, 3, 3, 3, 3, 90)).toBe(3);
  expect(jobsAfter(90, 3, 3, 3, 3, 3)).toBe(16);
});

test('it takes two where the words of each go by themselves', () => {
  const pace = paceAfter([3, 3, 3, 3, 3], false);
  expect(pace.jobs()).toBe(2);
  expect(paceAfter([9000, 9000, 9000, 9000, 9000], false).jobs()).toBe(1);
  pace.took(3, true);
  expect(pace.jobs()).toBe(16);
});
