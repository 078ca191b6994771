/** Trials held against each other by what they said of each row. */
import { expect, test } from 'vitest';
import { compareRows, type FoldPredictions, predictedOf } from '../../../review/results/index.js';

/** Probabilities of the second class. */
const fold = (rows: number[], labels: number[], good: (number | null)[]): FoldPredictions => ({
  classes: ['bad', 'good'],
  rows,
  labels,
  probabilities: [good.map((p) => (p === null ? null : 1 - p)), good],
});

test('the first of equal classes is predicted, a missing number never', () => {
  expect(predictedOf(fold([1, 2, 3], [0, 0, 0], [0.5, 0.6, null]))).toEqual([0, 1, 0]);
});

test('rows are counted over all folds', () => {
  const first = [fold([4, 2], [1, 0], [0.9, 0.2]), fold([3, 1, 0], [1, 1, 0], [0.9, 0.8, 0.9])];
  const second = [fold([4, 2], [1, 0], [0.2, 0.1]), fold([3, 1, 0], [1, 1, 0], [0.8, 0.1, 0.1])];
  expect(compareRows(first, second)).toEqual({
    rows: 5,
    bothRight: 2,
    onlyFirst: 2,
    onlySecond: 1,
    p: 1,
    differing: [4, 1, 0],
  });
});

test('what was not recorded, or is of other rows, is not compared', () => {
  const one = [fold([1], [1], [0.9])];
  expect(compareRows(one, [undefined])).toBeUndefined();
  expect(compareRows(one, [fold([2], [1], [0.9])])).toBeUndefined();
  expect(compareRows([], [])).toBeUndefined();
});
