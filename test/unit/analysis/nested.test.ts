/** The nested estimate of made-up searches, reckoned by hand. */
import { expect, test } from 'vitest';
import {
  innerMeansOf,
  type NestedTrial,
  nestedEstimate,
  optimismOf,
  pickNested,
} from '../../../review/analysis/index.js';

const TRIALS: NestedTrial[] = [
  { index: 0, inner: [0.7, 0.8, 0.6], outer: [0.71, 0.74, 0.9] },
  { index: 1, inner: [0.9, 0.7, 0.6], outer: [0.65, 0.99, 0.5] },
  { index: 2, inner: [0.8, 0.8, 0.5], outer: [0.95, 0.95, 0.95] },
];
const picked = (trials: readonly NestedTrial[], direction: 'maximize' | 'minimize') =>
  trials.reduce<NestedTrial[]>((picks, trial) => pickNested(picks, trial, direction), []);

test('each outer fold picks by its inner mean, not by its score; of equal ones the first proposed', () => {
  const picks = picked(TRIALS, 'maximize');
  // Fold 0: configuration 1. Fold 1: 0 and 2 are equal. Fold 2: 0 and 1 are.
  expect(picks.map(({ index }) => index)).toEqual([1, 0, 0]);
  const { mean, std } = nestedEstimate(picks);
  expect(mean).toBeCloseTo((0.65 + 0.74 + 0.9) / 3, 12);
  const [a, b, c] = [0.65 - mean, 0.74 - mean, 0.9 - mean];
  expect(std).toBeCloseTo(Math.sqrt((a * a + b * b + c * c) / 3), 12);
});

test('in whatever order the trials come', () => {
  const picks = picked(TRIALS, 'maximize');
  for (const order of [
    [1, 2, 0],
    [2, 1, 0],
    [2, 0, 1],
    [0, 2, 1],
    [1, 0, 2],
  ])
    expect(
      picked(
        order.map((index) => TRIALS[index]!),
        'maximize',
      ),
    ).toEqual(picks);
});

test('a loss is picked by the least', () => {
  expect(picked(TRIALS, 'minimize').map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(optimismOf(0.4, 0.5, 'minimize')).toBeCloseTo(0.1, 12);
  expect(optimismOf(0.84, 0.81, 'maximize')).toBeCloseTo(0.03, 12);
});

test('inner means are of the folds behind the outer ones, outer fold after outer fold', () => {
  const means = innerMeansOf([0.1, 0.2, 0.5, 0.7, 0.9, 0.3, 0.4, 0.5], 2);
  expect(means[0]).toBeCloseTo((0.5 + 0.7 + 0.9) / 3, 12);
  expect(means[1]).toBeCloseTo((0.3 + 0.4 + 0.5) / 3, 12);
  expect(means).toHaveLength(2);
  expect(innerMeansOf([0.1, 0.2], 2)).toEqual([]);
});
