/** Which observations are good. */
import type { Observation } from '../strategy.js';

/** At most so many are good, however many there are. */
const MOST_GOOD = 25;

/**
 * The best tenth (Bergstra et al., 2011, by their γ; its size as Optuna has it), and the rest. A trial that was stopped counts with the
 * score that it had, behind all complete ones (Optuna's `TPESampler`, which splits so). Of those that epochs stopped, the ones that came
 * further are before the others, as there: scores of different epochs can't be compared. Of those that folds stopped they are not: means over
 * one fold and over two can, and on the tables of `bench/pruning` that order found nothing better. One without a score is behind
 * all, and never good.
 */
export function split(
  history: readonly Observation[],
  direction: 'maximize' | 'minimize',
): { good: Observation[]; bad: Observation[] } {
  const sign = direction === 'maximize' ? -1 : 1;
  const ranked = history
    .map((observation) => ({ observation, ...standing(observation) }))
    // Sorting is stable: of equal ones the first proposed is before.
    .sort((a, b) => a.level - b.level || b.epoch - a.epoch || sign * (a.mean - b.mean))
    .map(({ observation, level }) => ({ observation, level }));
  const scored = ranked.filter(({ level }) => level < UNSCORED).length;
  const count = Math.min(Math.ceil(0.1 * ranked.length), MOST_GOOD, scored);
  const observations = ranked.map(({ observation }) => observation);
  return { good: observations.slice(0, count), bad: observations.slice(count) };
}

/** Complete, stopped between folds, stopped within the first, without a score. */
const UNSCORED = 3;

function standing({ outcome, scores, rungs }: Observation): { level: number; epoch: number; mean: number } {
  const known = outcome === 'pruned' ? scores.filter(Number.isFinite) : scores;
  const last = rungs?.at(-1);
  if (outcome === 'pruned' && known.length === 0 && last !== undefined && Number.isFinite(last.score))
    return { level: 2, epoch: last.epoch, mean: last.score };
  const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
  if (outcome === 'failed' || !Number.isFinite(mean)) return { level: UNSCORED, epoch: 0, mean: 0 };
  return { level: outcome === 'complete' ? 0 : 1, epoch: 0, mean };
}
