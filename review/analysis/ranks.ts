/** Ranks of trials by their scores. */

/** Which of two scores is the better one. */
export type Direction = 'maximize' | 'minimize';

/** Whether `a` is strictly better than `b`. */
export const isBetter = (a: number, b: number, direction: Direction): boolean =>
  direction === 'maximize' ? a > b : a < b;

/** Rank of each score, 1 = best; equal scores share the lower rank, NaN comes last. */
export function rankScores(scores: Float64Array, direction: Direction): Int32Array {
  const sign = direction === 'maximize' ? -1 : 1;
  // Ascending costs, so that typed arrays sort them natively.
  const costs = scores.map((score) => (Number.isNaN(score) ? Number.POSITIVE_INFINITY : sign * score));
  const sorted = costs.toSorted();
  return Int32Array.from(costs, (cost) => firstAtLeast(sorted, cost) + 1);
}

/** Index of the first of ascending values that is not below `value`. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
