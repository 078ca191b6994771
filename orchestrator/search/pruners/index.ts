/** The rules that stop what is hopeless: one file and one line each. */
import { aggressive } from './aggressive.js';
import { correctedTTest } from './corrected-t-test.js';
import { forgiving } from './forgiving.js';
import { median } from './median.js';
import type { EpochRule, FoldRule } from './pruner.js';
import { successiveHalving } from './successive-halving.js';

export type {
  EpochEvidence,
  EpochRule,
  FoldEvidence,
  FoldRule,
  Incumbent,
  Pruner,
  Stop,
} from './pruner.js';
export { type Racer, type Rung, raceStops } from './race.js';
export { epochRungs } from './rungs.js';

/** Between folds, on all of the trial. */
export const FOLD_RULES = {
  forgiving,
  aggressive,
  corrected_t_test: correctedTTest,
} as const satisfies Record<string, FoldRule>;

/** Between epochs, on one fold. */
export const EPOCH_RULES = {
  median,
  successive_halving: successiveHalving,
} as const satisfies Record<string, EpochRule>;
