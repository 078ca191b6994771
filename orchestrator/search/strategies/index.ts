/** The search strategies that a search can name: one file and one line each. */
import type { Configuration } from '../../../queue/index.js';
import { grid } from './grid.js';
import { optionsOf } from './options.js';
import { random } from './random.js';
import { sobol } from './sobol.js';
import type { Space, Strategy } from './strategy.js';

export { configurationAt, configurationCount } from './grid.js';
export { configurationHash } from './hash.js';
export type { Generation, Observation, Space, Strategy } from './strategy.js';

export type Strategies = Readonly<Record<string, Strategy>>;
export const STRATEGIES: Strategies = { grid, random, sobol };

/** @throws Error when a search was submitted for a strategy that this version lacks */
export function strategyOf({ kind }: { kind: string }, strategies: Strategies): Strategy {
  const found = Object.hasOwn(strategies, kind) ? strategies[kind] : undefined;
  if (found !== undefined) return found;
  throw new Error(
    `no strategy "${kind}" in this version; there are ${Object.keys(strategies).join(', ')}: is this orchestrator as new as the submitter?`,
  );
}

/** What tells which configurations a search has. */
interface Proposed {
  readonly models: Space['models'];
  readonly strategy: Space['strategy'];
  readonly context: { readonly seed: number };
}

const spaceOf = ({ models, strategy, context: { seed } }: Proposed): Space => ({ models, strategy, seed });

/** Configurations that a search hands out in all. */
export const trialCount = (search: Proposed): number =>
  strategyOf(search.strategy, STRATEGIES).total(spaceOf(search));

/**
 * The first configurations of a search whose order covers the space evenly or by chance: they stand for all of it.
 * Undefined of one that goes through a grid as declared, or reads results.
 */
export function sampleOf(search: Proposed, count: number): Configuration[] | undefined {
  const strategy = strategyOf(search.strategy, STRATEGIES);
  if (strategy.adaptive || (strategy === grid && optionsOf(search.strategy).order === 'declared'))
    return undefined;
  const generation = { number: 0, from: 0, to: Math.min(count, strategy.total(spaceOf(search))) };
  return strategy.propose(spaceOf(search), [], generation);
}
