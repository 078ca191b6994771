/** How many folds of a search earlier ones hold. */
import type { TrackingClient } from '../../tracking/client/index.js';
import { earlierFolds, type From, foldName } from './earlier-folds.js';
import { type Space, STRATEGIES, spaceOf, strategyOf, trialCount } from './strategies/index.js';

/** Configurations that are looked at: a person waits for the number. */
const MOST = 100_000;
const AT_ONCE = 1000;

/**
 * @param search - Its folds are told by their digests.
 * @returns null where nobody can tell: what an adaptive strategy proposes hangs on results, and a large space has too many
 */
export async function heldFolds(
  search: Parameters<typeof trialCount>[0],
  foldDigests: readonly string[],
  from: From | undefined,
  tracking: TrackingClient,
): Promise<number | null> {
  if (from === undefined) return 0;
  const earlier = await earlierFolds(from, tracking);
  if (earlier.size === 0) return 0;
  const strategy = strategyOf(search.strategy, STRATEGIES);
  const total = trialCount(search);
  if (strategy.adaptive || total > MOST) return null;
  const space: Space = spaceOf(search);
  let held = 0;
  for (let at = 0; at < total; at += AT_ONCE)
    for (const { hash } of strategy.propose(space, [], {
      number: 0,
      from: at,
      to: Math.min(total, at + AT_ONCE),
    }))
      held += foldDigests.filter((rows) => earlier.has(foldName(hash, rows))).length;
  return held;
}
