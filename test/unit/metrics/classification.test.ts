import { describe, expect, test } from 'vitest';
import {
  classificationMetrics,
  classificationReport,
  confusionMatrix,
  METRIC_NAMES,
  metricOf,
  objective,
  precisionRecallCurve,
  rocCurve,
  rocCurves,
} from '../../../learning/metrics/index.js';
import { sample } from './sample.js';

const NAMES = ['negative', 'positive', 'neutral thing', 'x'];

// Expectations come from scikit-learn 1.9.1 on the same made-up predictions (for more than two classes ROC AUC is
// the mean of roc_auc_score(y == c, p[:, c]), because the "ovr" mode renormalises and so breaks ties by rounding).
describe('numbers equal scikit-learn', () => {
  const binary = sample(200, 2, 7, 4);
  const ternary = sample(300, 3, 11, 5);
  const quaternary = sample(60, 4, 3, 2);

  test.each([
    ['two classes', binary, [0.4841939617673223, 0.81, 0.8098288459613652, 0.8996386993175431]],
    ['three classes', ternary, [0.7300856428786677, 0.77, 0.7695862679386022, 0.933106741354495]],
    [
      'four classes',
      quaternary,
      [1.1950975167477438, 0.48333333333333334, 0.49128205128205127, 0.7282840291501976],
    ],
  ])('%s', (_, { labels, probabilities, classes }, [loss, accuracy, f1, auc]) => {
    const metrics = classificationMetrics(labels, probabilities, classes);
    expect(metrics.loss).toBeCloseTo(loss!, 12);
    expect(metrics.accuracy).toBeCloseTo(accuracy!, 12);
    expect(metrics.f1_macro).toBeCloseTo(f1!, 12);
    expect(metrics.roc_auc).toBeCloseTo(auc!, 12);
  });

  test('confusion matrix', () => {
    expect(confusionMatrix(ternary.labels, ternary.probabilities, 3)).toEqual([
      [87, 16, 7],
      [14, 72, 9],
      [9, 14, 72],
    ]);
  });

  test('classification report, to the character', () => {
    const report = classificationReport(
      [
        [87, 16, 7],
        [14, 72, 9],
        [9, 14, 72],
      ],
      NAMES.slice(0, 3),
    );
    expect(report.text).toBe(
      [
        '               precision    recall  f1-score   support',
        '',
        '     negative       0.79      0.79      0.79       110',
        '     positive       0.71      0.76      0.73        95',
        'neutral thing       0.82      0.76      0.79        95',
        '',
        '     accuracy                           0.77       300',
        '    macro avg       0.77      0.77      0.77       300',
        ' weighted avg       0.77      0.77      0.77       300',
        '',
      ].join('\n'),
    );
    expect(report.data['weighted avg'].precision).toBeCloseTo(0.772620320855615, 12);
    expect(report.data.classes['neutral thing']?.['f1-score']).toBeCloseTo(0.7868852459016393, 12);
  });

  test('classification report with classes that nobody predicted or has', () => {
    const report = classificationReport(
      [
        [2, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
      ],
      ['a', 'b', 'c'],
    );
    expect(report.text).toContain('           b       0.00      0.00      0.00         1\n');
    expect(report.text).toContain('   macro avg       0.22      0.33      0.27         3\n');
    expect(report.text).toContain('weighted avg       0.44      0.67      0.53         3\n');
  });

  test('an exact tie in the report rounds to the even digit, as Python', () => {
    expect(
      classificationReport(
        [
          [1, 7],
          [0, 0],
        ],
        ['a', 'b'],
      ).text,
    ).toContain('a       1.00      0.12      0.22         8');
  });

  const labels = Int32Array.of(0, 0, 1, 1, 1, 0, 1, 0);
  const scores = [0.125, 0.5, 0.5, 0.75, 0.875, 0.25, 0.25, 0.75];
  const probabilities = Float32Array.from(scores.flatMap((score) => [1 - score, score]));

  test('ROC curve', () => {
    const curve = rocCurve(labels, probabilities, 2, 1);
    expect(curve.fpr).toEqual([0, 0, 0.75, 1]);
    expect(curve.tpr).toEqual([0, 0.25, 1, 1]);
    expect(curve.thresholds).toEqual([null, 0.875, 0.25, 0.125]);
    expect(curve.auc).toBe(0.71875);
  });

  test('precision-recall curve', () => {
    const curve = precisionRecallCurve(labels, probabilities, 2, 1);
    expect(curve.precision).toEqual([0.5, 4 / 7, 0.6, 2 / 3, 1, 1]);
    expect(curve.recall).toEqual([1, 1, 0.75, 0.5, 0.25, 0]);
    expect(curve.thresholds).toEqual([0.125, 0.25, 0.5, 0.75, 0.875]);
    expect(curve.averagePrecision).toBeCloseTo(0.7095238095238094, 12);
  });
});

describe('degenerate predictions', () => {
  const sure = (...predicted: number[]) =>
    Float32Array.from(predicted.flatMap((p) => [0, 1, 2].map((c) => (c === p ? 1 : 0))));

  test('F1 leaves out a class that neither labels nor predictions have', () => {
    expect(classificationMetrics(Int32Array.of(0, 0, 2, 2), sure(0, 0, 2, 0), 3).f1_macro).toBeCloseTo(
      0.7333333333333334,
      12,
    );
  });

  test('F1 counts a class that was never predicted as 0', () => {
    expect(classificationMetrics(Int32Array.of(0, 0, 1), sure(0, 0, 0), 3).f1_macro).toBeCloseTo(0.4, 12);
  });

  test('one class only has no ROC AUC and no curve', () => {
    const labels = Int32Array.of(1, 1);
    const probabilities = Float32Array.of(0.5, 0.5, 0.25, 0.75);
    expect(classificationMetrics(labels, probabilities, 2).roc_auc).toBeNaN();
    expect(rocCurves(labels, probabilities, ['a', 'b'])).toEqual([]);
  });

  test('a class absent from the labels is left out of ROC AUC', () => {
    const labels = Int32Array.of(0, 0, 1, 1);
    const probabilities = Float32Array.of(0.7, 0.2, 0.1, 0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3);
    expect(classificationMetrics(labels, probabilities, 3).roc_auc).toBe(1);
    expect(rocCurves(labels, probabilities, ['a', 'b', 'c']).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('a sure mistake costs a finite loss', () => {
    expect(classificationMetrics(Int32Array.of(0), Float32Array.of(0, 1), 2).loss).toBeCloseTo(
      -Math.log(1e-7),
      9,
    );
  });

  test('a diverged model (NaN) has NaN loss and NaN ROC AUC', () => {
    const metrics = classificationMetrics(
      Int32Array.of(0, 1, 1),
      Float32Array.of(0.5, 0.5, Number.NaN, Number.NaN, 0.1, 0.9),
      2,
    );
    expect(metrics.loss).toBeNaN();
    expect(metrics.roc_auc).toBeNaN();
  });

  test('sizes that do not fit are refused', () => {
    expect(() => classificationMetrics(Int32Array.of(0), Float32Array.of(1), 2)).toThrow(
      /1 probabilities for 1 rows/,
    );
    expect(() => classificationMetrics(new Int32Array(0), new Float32Array(0), 2)).toThrow('no rows');
    expect(() => classificationMetrics(Int32Array.of(2), Float32Array.of(1, 0), 2)).toThrow(
      'label 2 of row 0',
    );
  });
});

describe('the table of metrics', () => {
  test('tells people the scores before the losses, and every metric is measured', () => {
    expect(METRIC_NAMES).toEqual(['accuracy', 'f1_macro', 'roc_auc', 'loss']);
    const { labels, probabilities, classes } = sample(20, 2, 7, 4);
    expect(Object.keys(classificationMetrics(labels, probabilities, classes)).sort()).toEqual(
      METRIC_NAMES.toSorted(),
    );
  });

  test('refuses what it does not have, by name', () => {
    expect(() => metricOf('f1')).toThrow('No metric "f1"; there are loss, accuracy, f1_macro, roc_auc.');
    expect(() => metricOf('toString')).toThrow('No metric "toString"');
    expect(() => objective.parse({ metric: 'f1', direction: 'maximize' })).toThrow(/"accuracy"/);
  });
});
