import { expect, test } from 'vitest';
import { bestSoFar, paretoFront, sparkline } from '../../../review/analysis/index.js';

test('the front holds what nothing cheaper equals', () => {
  const scores = [0.8, 0.9, 0.85, 0.9, Number.NaN, 0.7, 0.8];
  const seconds = [1, 5, 2, 4, 0.1, 3, 1];
  expect(paretoFront(scores, seconds, 'maximize')).toEqual([0, 2, 3]);
  expect(
    paretoFront(
      scores.map((score) => -score),
      seconds,
      'minimize',
    ),
  ).toEqual([0, 2, 3]);
  expect(paretoFront([0.5, 0.7], [1, 1], 'maximize')).toEqual([1]);
});

test('the best so far follows the times, not the places', () => {
  expect(bestSoFar([30, 10, 20, 40], [0.9, 0.5, 0.4, 0.9], 'maximize')).toEqual([1, 0]);
  expect(bestSoFar([30, 10, 20, Number.NaN], [0.9, 0.5, 0.4, 0.1], 'minimize')).toEqual([1, 2]);
});

test('a sparkline spans its scale', () => {
  expect(sparkline([0, 0.5, 1, null, Number.NaN, 2, -1], 0, 1)).toBe('▁▅█··█▁');
  expect(sparkline([0.3, 0.3], 0.3, 0.3)).toBe('▅▅');
});
