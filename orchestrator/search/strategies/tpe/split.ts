/** Which observations are good. */
import type { Observation } from '../strategy.js';

/** At most so many are good, however many there are. */
const MOST_GOOD = 25;

/**
 * The best tenth (Bergstra et al., 2011, by their γ; its size as Optuna has it), and the rest. A trial that was stopped counts
 * with the mean that it had, behind all complete ones, as in Optuna's sampler (which also puts those that came further before others; on the
 * tables of `bench/pruning` that found nothing better). One without a score is behind all, and never good.
 */
export function split(
  history: readonly Observation[],
  direction: 'maximize' | 'minimize',
): { good: Observation[]; bad: Observation[] } {
  const sign = direction === 'maximize' ? -1 : 1;
  const ranked = history
    .map((observation) => ({ observation, ...standing(observation) }))
    // Sorting is stable: of equal ones the first proposed is before.
    .sort((a, b) => a.level - b.level || sign * (a.mean - b.mean))
    .map(({ observation, level }) => ({ observation, level }));
  const scored = ranked.filter(({ level }) => level < UNSCORED).length;
  const count = Math.min(Math.ceil(0.1 * ranked.length), MOST_GOOD, scored);
  const observations = ranked.map(({ observation }) => observation);
  return { good: observations.slice(0, count), bad: observations.slice(count) };
}

const UNSCORED = 2;

function standing({ outcome, scores }: Observation): { level: number; mean: number } {
  const known = outcome === 'pruned' ? scores.filter(Number.isFinite) : scores;
  const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
  if (outcome === 'failed' || !Number.isFinite(mean)) return { level: UNSCORED, mean: 0 };
  return { level: outcome === 'complete' ? 0 : 1, mean };
}
