/** Scores against what they cost, and over time. */
import { type Direction, isBetter } from './ranks.js';

/** Places of the points that no other beats in score without costing more; cheapest first. NaN is left out. */
export function paretoFront(
  scores: readonly number[],
  costs: readonly number[],
  direction: Direction,
): number[] {
  return improvements(costs, scores, direction);
}

/** Places of the scores that were the best when they came, in the order of their times. */
export function bestSoFar(
  times: readonly number[],
  scores: readonly number[],
  direction: Direction,
): number[] {
  return improvements(times, scores, direction);
}

/** Both are one walk: along a first axis, and noting every step up the second. */
function improvements(along: readonly number[], scores: readonly number[], direction: Direction): number[] {
  const order = scores
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(scores[i]!) && !Number.isNaN(along[i]!))
    .sort(
      (a, b) =>
        along[a]! - along[b]! ||
        (isBetter(scores[a]!, scores[b]!, direction) ? -1 : 1) * Number(scores[a] !== scores[b]),
    );
  const found: number[] = [];
  for (const i of order) {
    const last = found.at(-1);
    if (last === undefined || isBetter(scores[i]!, scores[last]!, direction)) found.push(i);
  }
  return found;
}
