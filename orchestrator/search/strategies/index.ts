/** The search strategies that a search can name: one file and one line each. */
import { grid } from './grid.js';
import type { Strategy } from './strategy.js';

export { configurationAt, configurationCount } from './grid.js';
export { configurationHash } from './hash.js';
export type { Generation, Observation, Space, Strategy } from './strategy.js';

export type Strategies = Readonly<Record<string, Strategy>>;
export const STRATEGIES: Strategies = { grid };

/** @throws Error when a search was submitted for a strategy that this version lacks */
export function strategyOf({ kind }: { kind: string }, strategies: Strategies): Strategy {
  const found = Object.hasOwn(strategies, kind) ? strategies[kind] : undefined;
  if (found !== undefined) return found;
  throw new Error(
    `no strategy "${kind}" in this version; there are ${Object.keys(strategies).join(', ')}: is this orchestrator as new as the submitter?`,
  );
}
