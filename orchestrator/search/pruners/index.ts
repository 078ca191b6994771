/** The rules that stop what is hopeless: one file and one line each. */
import { aggressive } from './aggressive.js';
import { correctedTTest } from './corrected-t-test.js';
import { forgiving } from './forgiving.js';
import { median } from './median.js';
import type { EpochRule, FoldRule } from './pruner.js';
import { successiveHalving } from './successive-halving.js';

export { epochBars } from './bars.js';
export type { EpochRule, FoldEvidence, FoldRule, Incumbent, Stop } from './pruner.js';
export { type Racer, type Rung, raceStops } from './race.js';
export { epochRungs } from './rungs.js';

/** Between folds, on all of the trial. */
export const FOLD_RULES = {
  forgiving,
  aggressive,
  corrected_t_test: correctedTTest,
} as const satisfies Record<string, FoldRule>;

/** Between epochs, on the first fold. */
export const EPOCH_RULES = {
  median,
  successive_halving: successiveHalving,
} as const satisfies Record<string, EpochRule>;

/** @throws Error when a search was submitted with a rule that this version lacks */
export function ruleOf<Rule>(rules: Readonly<Record<string, Rule>>, name: string): Rule {
  const found = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (found !== undefined) return found;
  throw new Error(`no rule "${name}" in this version; there are ${Object.keys(rules).join(', ')}`);
}
