import { expect, test } from 'vitest';
import { confusionOf, scoreCurves } from '../../../review/analysis/index.js';

test('confusions are counted by the true class and the one that was said', () => {
  expect(confusionOf([0, 0, 1, 2, 2], [0, 1, 1, 0, 2], 3)).toEqual([
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 1],
  ]);
});

test('curves are scikit-learn’s, ties included', () => {
  // roc_auc_score, average_precision_score, roc_curve(drop_intermediate=False) of scikit-learn 1.9.
  const scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.9, 0.35];
  const labels = [0, 0, 1, 1, 1, 0, 0];
  const found = scoreCurves(scores, (row) => labels[row] === 1);
  expect(found.auc).toBeCloseTo(0.5833333333333333, 12);
  expect(found.averagePrecision).toBeCloseTo(0.5, 12);
  expect(found.fpr).toEqual([0, 0.25, 0.25, 0.5, 0.75, 1]);
  expect(found.tpr.map((one) => Number(one.toFixed(6)))).toEqual([0, 0, 0.333333, 0.666667, 1, 1]);
  expect(found.precision.map((one) => Number(one.toFixed(6)))).toEqual([0, 0.5, 0.5, 0.5, 0.428571]);
});

test('without rows of a class there is no area', () => {
  expect(scoreCurves([0.2, 0.3], () => false).auc).toBeNaN();
  expect(scoreCurves([], () => true).averagePrecision).toBe(0);
});
