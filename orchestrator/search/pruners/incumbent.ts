/** Whom a trial has to beat. */
import { type Direction, isBetter, meanAndStd } from '../../../review/analysis/index.js';
import type { Observation } from '../strategies/index.js';
import type { Incumbent } from './pruner.js';

/**
 * The best of the complete trials; the first of equal ones, as it is with winners.
 *
 * @param history - What complete generations gave, sorted by configuration.
 */
export function incumbentOf(history: readonly Observation[], direction: Direction): Incumbent | undefined {
  let best: { mean: number; scores: readonly number[] } | undefined;
  for (const { outcome, scores } of history) {
    const { mean } = meanAndStd(scores);
    if (outcome !== 'complete' || !Number.isFinite(mean)) continue;
    if (best === undefined || isBetter(mean, best.mean, direction)) best = { mean, scores };
  }
  return best && { scores: best.scores };
}
