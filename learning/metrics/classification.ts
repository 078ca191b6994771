/** The metrics a search can be ranked by, computed from labels and class probabilities in one pass and one sort. */

import { confusionMatrix } from './confusion.js';
import type { MetricName } from './objective.js';

/** Probabilities are clipped to [CLIP, 1 - CLIP] before the logarithm, so that one sure mistake is not infinite. */
const CLIP = 1e-7;

export type ClassificationMetrics = Record<MetricName, number>;

/**
 * Log loss, accuracy, macro F1 and ROC AUC as scikit-learn computes them.
 *
 * - `loss`: mean of -log of the probability of the true class, clipped at 1e-7. Probabilities are not renormalised.
 * - `accuracy`, `f1_macro`: the predicted class is the first most probable one. F1 averages the classes that occur
 *   among labels or predictions; a class with no true positive counts 0 (`zero_division=0`).
 * - `roc_auc`: area under the ROC curve, ties counted half; beyond two classes the mean of one-vs-rest over the
 *   classes for which both positive and negative rows exist; NaN when there is none.
 *
 * A NaN among the probabilities makes `loss` and `roc_auc` NaN: a diverged model must not look like a bad one.
 *
 * @param labels class index of each row
 * @param probabilities [rows × classes], row-major, also for two classes
 * @throws RangeError when the sizes do not fit, or there are no rows
 */
export function classificationMetrics(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
): ClassificationMetrics {
  const matrix = confusionMatrix(labels, probabilities, classes);
  return {
    loss: logLoss(labels, probabilities, classes),
    accuracy: accuracy(matrix),
    f1_macro: macroF1(matrix),
    roc_auc: rocAuc(labels, probabilities, classes),
  };
}

function logLoss(labels: Int32Array, probabilities: Float32Array, classes: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const probability = probabilities[row * classes + labels[row]!]!;
    // Math.min and Math.max hand a NaN on, as wanted.
    sum -= Math.log(Math.min(Math.max(probability, CLIP), 1 - CLIP));
  }
  return sum / labels.length;
}

function accuracy(matrix: readonly (readonly number[])[]): number {
  let right = 0;
  let rows = 0;
  matrix.forEach((counts, actual) => {
    right += counts[actual]!;
    for (const count of counts) rows += count;
  });
  return right / rows;
}

function macroF1(matrix: readonly (readonly number[])[]): number {
  let sum = 0;
  let seen = 0;
  for (let index = 0; index < matrix.length; index++) {
    let actual = 0;
    let predicted = 0;
    for (let other = 0; other < matrix.length; other++) {
      actual += matrix[index]![other]!;
      predicted += matrix[other]![index]!;
    }
    if (actual + predicted === 0) continue;
    sum += (2 * matrix[index]![index]!) / (actual + predicted);
    seen++;
  }
  return sum / seen;
}

function rocAuc(labels: Int32Array, probabilities: Float32Array, classes: number): number {
  if (classes === 2) return oneVsRestAuc(labels, probabilities, classes, 1);
  let sum = 0;
  let defined = 0;
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  for (let positive = 0; positive < classes; positive++) {
    if (counts[positive] === 0 || counts[positive] === labels.length) continue;
    sum += oneVsRestAuc(labels, probabilities, classes, positive);
    defined++;
  }
  return sum / defined;
}

/**
 * The Mann-Whitney form of the area: how often a positive row scores above a negative one, ties counted half. Scores
 * of positive and negative rows are sorted apart, because sorting typed arrays is native and an argsort is not.
 */
function oneVsRestAuc(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  positive: number,
): number {
  const [positives, negatives] = scoresByClass(labels, probabilities, classes, positive);
  // NaN sorts last.
  if (Number.isNaN(positives.at(-1)) || Number.isNaN(negatives.at(-1))) return Number.NaN;
  let below = 0;
  let notAbove = 0;
  let wins = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    wins += (below + notAbove) / 2;
  }
  return wins / (positives.length * negatives.length);
}

/** Scores of class `positive` among its own rows and among all others, each in ascending order. */
export function scoresByClass(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  positive: number,
): [positives: Float32Array, negatives: Float32Array] {
  let count = 0;
  for (const label of labels) if (label === positive) count++;
  const positives = new Float32Array(count);
  const negatives = new Float32Array(labels.length - count);
  let p = 0;
  let n = 0;
  for (let row = 0; row < labels.length; row++) {
    const score = probabilities[row * classes + positive]!;
    if (labels[row] === positive) positives[p++] = score;
    else negatives[n++] = score;
  }
  return [positives.sort(), negatives.sort()];
}
