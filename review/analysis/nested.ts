/**
 * The nested estimate: how well a search does as a whole, picking included. On each outer fold it takes the configuration that the
 * inner folds, which have not seen that fold's validation rows, would have picked, and what that one scores there (Varma and Simon
 * 2006; Cawley and Talbot 2010). The winner's own mean picks and scores on the same rows, and is too good by that.
 */
import { type Direction, isBetter } from './ranks.js';
import { meanAndStd } from './spread.js';

/** A configuration as far as the estimate goes. */
export interface NestedTrial {
  /** Place in the order of proposal. */
  readonly index: number;
  /** By outer fold: the mean over its inner folds, and the score on the fold itself. */
  readonly inner: readonly number[];
  readonly outer: readonly number[];
}

/**
 * Whom each outer fold picks, after one more configuration. They may be given in any order: of equal inner means the
 * lower index is taken, as when a winner is chosen.
 *
 * @param picks - So far, by outer fold; none at the beginning.
 */
export const pickNested = <Trial extends NestedTrial>(
  picks: readonly Trial[],
  trial: Trial,
  direction: Direction,
): Trial[] =>
  trial.inner.map((mean, fold) => {
    const best = picks[fold];
    if (best === undefined || isBetter(mean, best.inner[fold]!, direction)) return trial;
    return mean === best.inner[fold] && trial.index < best.index ? trial : best;
  });

/** Mean and population standard deviation, over the outer folds, of what each one's pick scores there. */
export const nestedEstimate = (picks: readonly NestedTrial[]): { mean: number; std: number } =>
  meanAndStd(picks.map(({ outer }, fold) => outer[fold]!));

/** By how much a score is better than another, whichever way is better. */
export const optimismOf = (own: number, nested: number, direction: Direction): number =>
  direction === 'minimize' ? nested - own : own - nested;

/** Means over the inner folds of each outer fold, of a configuration's scores: first those of `outer` folds, then the inner ones. */
export function innerMeansOf(scores: readonly number[], outer: number): number[] {
  const each = scores.length / outer - 1;
  if (each < 1) return [];
  return Array.from({ length: outer }, (_, fold) => {
    const from = outer + fold * each;
    return meanAndStd(scores.slice(from, from + each)).mean;
  });
}
