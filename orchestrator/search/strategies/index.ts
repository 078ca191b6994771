/** The search strategies that a search can name: one file and one line each. */
import type { Configuration } from '../../../queue/index.js';
import { grid, gridLeft } from './grid.js';
import { list } from './list.js';
import { random } from './random.js';
import { sobol } from './sobol.js';
import type { Left, Space, Strategy } from './strategy.js';
import { tpe } from './tpe/tpe.js';

export { configurationHash } from './hash.js';
export { optionsOf } from './options.js';
export { configurationAt, configurationCount } from './places.js';
export type { Generation, Left, Observation, Space, Strategy } from './strategy.js';

export type Strategies = Readonly<Record<string, Strategy>>;
export const STRATEGIES: Strategies = { grid, random, sobol, tpe, list };

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
  readonly where?: Space['where'];
  readonly strategy: Space['strategy'];
  readonly context: { readonly seed: number; readonly objective: Space['objective'] };
}

export const spaceOf = ({ models, where, strategy, context: { seed, objective } }: Proposed): Space => ({
  objective,
  models,
  where,
  strategy,
  seed,
});

/** Configurations that a search hands out in all. */
export const trialCount = (search: Proposed): number =>
  strategyOf(search.strategy, STRATEGIES).total(spaceOf(search));

/** What constraints leave of a search. */
export const leftOfSearch = (search: Proposed): Left =>
  strategyOf(search.strategy, STRATEGIES).left(spaceOf(search));

/** Configurations that constraints leave out; null without constraints, and where strategies draw from what nobody can count. */
export function removedFrom(search: Proposed): number | null {
  if (search.where === undefined || search.where.length === 0) return null;
  const { count, all } = leftOfSearch(search);
  return count === undefined || !Number.isFinite(all) ? null : all - count;
}

/** Of a search that goes through a grid kind after kind: how many configurations of each, and any of them by its number. */
export const gridOf = (search: Proposed) => ({
  sizes: gridLeft(spaceOf(search)).sizes,
  at: (index: number): Configuration =>
    grid.propose(spaceOf(search), [], { number: 0, from: index, to: index + 1 })[0]!,
});

/** The first configurations of a search of which any beginning stands for the whole; undefined of others. */
export function sampleOf(search: Proposed, count: number): Configuration[] | undefined {
  const strategy = strategyOf(search.strategy, STRATEGIES);
  const space = spaceOf(search);
  if (!strategy.isEven?.(space)) return undefined;
  return strategy.propose(space, [], { number: 0, from: 0, to: Math.min(count, strategy.total(space)) });
}
