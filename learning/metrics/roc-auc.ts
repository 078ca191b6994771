/**
 * Area under the ROC curve, ties counted half; beyond two classes the mean of one-vs-rest over the classes for which both
 * positive and negative rows exist; NaN when there is none.
 */
import type { Metric, Predictions } from './metric.js';
import { scoresByClass } from './scores.js';

export const rocAuc: Metric = { direction: 'maximize', needsBothClasses: true, of: areaUnderRoc };

function areaUnderRoc({ labels, probabilities, classes }: Predictions): number {
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
