import { expect, test } from 'vitest';
import { usableCores, workerCount } from '../../orchestrator/app/cores.js';

test.each([
  [undefined, 8],
  ['max 100000\n', 8],
  ['200000 100000\n', 2],
  ['150000 100000\n', 1],
  ['50000 100000\n', 1],
  ['6400000 100000\n', 8],
])('a quota of %j leaves %i of eight cores', (quota, cores) => {
  expect(usableCores(quota, 8)).toBe(cores);
});

test('auto never runs more threads than cores', () => {
  const cores = usableCores();
  expect(workerCount('auto')).toBe(cores);
  expect(workerCount('auto', '--concurrency', 1, 2)).toBe(Math.max(1, Math.floor(cores / 2)));
  expect(workerCount('auto', '--concurrency', 1, 1000)).toBe(1);
});
