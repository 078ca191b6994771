/**
 * What predictions of rows say of a classifier: its confusions, and its curves of one class against the rest. Scores that tie share a
 * threshold, as in scikit-learn's `roc_curve` and `precision_recall_curve`.
 */

/** Rows by their true class, columns by the predicted one. */
export function confusionOf(
  labels: readonly number[],
  predicted: readonly number[],
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, row) => {
    const line = counts[label];
    if (line !== undefined) line[predicted[row]!]!++;
  });
  return counts;
}

export interface ScoreCurves {
  /** False positives by negatives and true positives by positives, from no row taken for positive to all. */
  readonly fpr: readonly number[];
  readonly tpr: readonly number[];
  /** Area under it; NaN when a side has no rows. */
  readonly auc: number;
  /** From the fewest rows taken for positive to all; recall is `tpr` without its first. */
  readonly precision: readonly number[];
  /** Sum over thresholds of precision times the gain in recall; NaN without positives. */
  readonly averagePrecision: number;
}

/** @param isPositive - Whether a row is of the class. */
export function scoreCurves(scores: readonly number[], isPositive: (row: number) => boolean): ScoreCurves {
  const order = scores.map((_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const positives = order.filter(isPositive).length;
  const negatives = order.length - positives;
  const [fpr, tpr, precision] = [[0], [0], [] as number[]];
  let [hits, misses, auc, averagePrecision] = [0, 0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    if (isPositive(order[i]!)) hits++;
    else misses++;
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[order[i]!]) continue;
    const [x, y] = [misses / negatives, hits / positives];
    auc += ((x - fpr.at(-1)!) * (y + tpr.at(-1)!)) / 2;
    precision.push(hits / (hits + misses));
    averagePrecision += (y - tpr.at(-1)!) * precision.at(-1)!;
    fpr.push(x);
    tpr.push(y);
  }
  return { fpr, tpr, auc, precision, averagePrecision };
}
