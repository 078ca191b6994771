/** What a fold rule makes of a generation, fold after fold. */
import { type Direction, isBetter, meanAndStd } from '../../../review/analysis/index.js';
import type { Observation } from '../strategies/index.js';
import type { FoldRule, Incumbent, Stop } from './pruner.js';

/** A trial of the generation under way, with its scores so far. */
export type Racer = Pick<Observation, 'configuration' | 'scores'>;

export interface Rung {
  readonly direction: Direction;
  /** What complete generations gave, sorted by configuration: for generation g those up to g − 2. */
  readonly history: readonly Observation[];
  /** Trials of the generation that go on so far and have as many folds behind them each, sorted by configuration. */
  readonly racers: readonly Racer[];
  /** Rows that a fold is scored on by rows that it trains on: 1 / (k − 1) with k folds. */
  readonly testShare: number;
}

/**
 * Who is stopped after a rung; undefined for those that go on. Not to be asked after the last fold, when a trial is complete.
 *
 * @returns One for each racer, in their order.
 */
export function raceStops(
  rule: FoldRule,
  { direction, history, racers, testShare }: Rung,
): (Stop | undefined)[] {
  const incumbent = incumbentOf(history, racers, direction);
  return racers.map(({ configuration, scores }) =>
    // Who leads the generation isn't measured by itself.
    configuration.index === incumbent?.index
      ? undefined
      : rule.decide({ direction, scores, incumbent, testShare }),
  );
}

/** A single fold says nothing of how much folds differ. */
const LEAST_FOLDS = 2;

/**
 * The best of the complete trials. Until there is one, the best so far of the generation itself leads it from the second fold on;
 * else the two generations that begin a search would be trained in full, which is a third of a search of fifty.
 */
function incumbentOf(
  history: readonly Observation[],
  racers: readonly Racer[],
  direction: Direction,
): Incumbent | undefined {
  const complete = history.filter(({ outcome }) => outcome === 'complete');
  const leading = racers.filter(({ scores }) => scores.length >= LEAST_FOLDS);
  return bestOf(complete, direction) ?? bestOf(leading, direction);
}

/** The first of equal ones, as it is with winners; a trial with a score missing is none. */
function bestOf(trials: readonly Racer[], direction: Direction): Incumbent | undefined {
  let best: (Incumbent & { readonly mean: number }) | undefined;
  for (const { configuration, scores } of trials) {
    const { mean } = meanAndStd(scores);
    if (!Number.isFinite(mean)) continue;
    if (best === undefined || isBetter(mean, best.mean, direction))
      best = { index: configuration.index, scores, mean };
  }
  return best && { index: best.index, scores: best.scores };
}
