/** ROC and precision-recall curves as data, one-vs-rest for each class. */
import { scoresByClass } from './scores.js';

export interface RocCurve {
  /** False positive rate, ascending from 0 to 1. */
  readonly fpr: number[];
  /** True positive rate at the same thresholds. */
  readonly tpr: number[];
  /** A row counts as positive when its score is at least this; the first is null ("none"), JSON has no infinity. */
  readonly thresholds: (number | null)[];
  /** Area under the curve; NaN when positives or negatives are missing. */
  readonly auc: number;
}

export interface PrecisionRecallCurve {
  /** From the threshold that keeps every row to the one that keeps the fewest, then 1, as scikit-learn. */
  readonly precision: number[];
  /** Recall at the same thresholds, then 0. */
  readonly recall: number[];
  readonly thresholds: number[];
  /** Average precision: sum over thresholds of precision × the gain in recall. */
  readonly averagePrecision: number;
  /** Fraction of positive rows: what a model that knows nothing would reach. */
  readonly prevalence: number;
}

/** A curve and the class it belongs to. */
export interface NamedCurve<Curve> {
  readonly name: string;
  readonly curve: Curve;
}

/** How many true and false positives there are at each distinct score, from the highest score down. */
interface Sweep {
  readonly scores: number[];
  readonly truePositives: number[];
  readonly falsePositives: number[];
  readonly positives: number;
  readonly negatives: number;
}

/**
 * The ROC curve of one class against the rest, without the points that lie on a straight line between their
 * neighbours (scikit-learn's `drop_intermediate`).
 *
 * @param probabilities [rows × classes], row-major
 * @param positive index of the class
 */
export function rocCurve(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  positive: number,
): RocCurve {
  const sweep = sweepThresholds(labels, probabilities, classes, positive);
  const tp = [0, ...sweep.truePositives];
  const fp = [0, ...sweep.falsePositives];
  const thresholds = [null, ...sweep.scores];
  let area = 0;
  for (let i = 1; i < tp.length; i++) area += ((fp[i]! - fp[i - 1]!) * (tp[i]! + tp[i - 1]!)) / 2;
  const corners = tp.map((_, i) => i).filter((i) => isCorner(tp, fp, i));
  return {
    fpr: corners.map((i) => fp[i]! / sweep.negatives),
    tpr: corners.map((i) => tp[i]! / sweep.positives),
    thresholds: corners.map((i) => thresholds[i] ?? null),
    auc: area / (sweep.positives * sweep.negatives),
  };
}

/**
 * The precision-recall curve of one class against the rest, as scikit-learn's `precision_recall_curve`.
 *
 * @param probabilities [rows × classes], row-major
 * @param positive index of the class
 */
export function precisionRecallCurve(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  positive: number,
): PrecisionRecallCurve {
  const sweep = sweepThresholds(labels, probabilities, classes, positive);
  const precision = sweep.truePositives.map((tp, i) => tp / (tp + sweep.falsePositives[i]!));
  const recall = sweep.truePositives.map((tp) => tp / sweep.positives);
  const averagePrecision = recall.reduce(
    (sum, value, i) => sum + (value - (recall[i - 1] ?? 0)) * precision[i]!,
    0,
  );
  return {
    precision: [...precision.reverse(), 1],
    recall: [...recall.reverse(), 0],
    thresholds: sweep.scores.reverse(),
    averagePrecision,
    prevalence: sweep.positives / labels.length,
  };
}

/**
 * The ROC curves worth showing: that of the second class when there are two, else one for each class.
 * Classes without positive or without negative rows have none.
 */
export function rocCurves(
  labels: Int32Array,
  probabilities: Float32Array,
  classNames: readonly string[],
): NamedCurve<RocCurve>[] {
  return shownClasses(labels, classNames).map((positive) => ({
    name: classNames[positive]!,
    curve: rocCurve(labels, probabilities, classNames.length, positive),
  }));
}

/** The precision-recall curves worth showing; see {@link rocCurves}. */
export function precisionRecallCurves(
  labels: Int32Array,
  probabilities: Float32Array,
  classNames: readonly string[],
): NamedCurve<PrecisionRecallCurve>[] {
  return shownClasses(labels, classNames).map((positive) => ({
    name: classNames[positive]!,
    curve: precisionRecallCurve(labels, probabilities, classNames.length, positive),
  }));
}

function shownClasses(labels: Int32Array, classNames: readonly string[]): number[] {
  const counts = new Int32Array(classNames.length);
  for (const label of labels) counts[label]!++;
  const candidates = classNames.length === 2 ? [1] : classNames.map((_, index) => index);
  return candidates.filter((index) => counts[index]! > 0 && counts[index]! < labels.length);
}

function isCorner(tp: number[], fp: number[], i: number): boolean {
  if (i === 0 || i === tp.length - 1) return true;
  const sameStepUp = tp[i + 1]! - tp[i]! === tp[i]! - tp[i - 1]!;
  const sameStepRight = fp[i + 1]! - fp[i]! === fp[i]! - fp[i - 1]!;
  return !(sameStepUp && sameStepRight);
}

function sweepThresholds(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  positive: number,
): Sweep {
  const [positives, negatives] = scoresByClass(labels, probabilities, classes, positive);
  const scores: number[] = [];
  const truePositives: number[] = [];
  const falsePositives: number[] = [];
  let p = positives.length;
  let n = negatives.length;
  while (p > 0 || n > 0) {
    const score = Math.max(positives[p - 1] ?? -Infinity, negatives[n - 1] ?? -Infinity);
    if (Number.isNaN(score))
      throw new RangeError('a probability is NaN: the model diverged, it has no curve');
    while (p > 0 && positives[p - 1] === score) p--;
    while (n > 0 && negatives[n - 1] === score) n--;
    scores.push(score);
    truePositives.push(positives.length - p);
    falsePositives.push(negatives.length - n);
  }
  return {
    scores,
    truePositives,
    falsePositives,
    positives: positives.length,
    negatives: negatives.length,
  };
}
