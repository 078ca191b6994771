/** The trials of a search, best first; those of a search that has ended are kept for a while, as they change no more. */
import { LRUCache } from 'lru-cache';
import type { TrackingClient } from '../../../tracking/client/index.js';
import { hasEnded, rankedTrials, type SearchSummary, type TrialSummary } from '../../results/index.js';

/** Configurations that are sent and compared at most, as `show` does. */
export const MOST_ROWS = 10_000;
/** Kept in all, some 2 kB each. */
const MOST_KEPT = 50_000;
/** Somebody may delete runs of a search that has ended. */
const KEPT_MS = 60_000;

export type ReadTrials = (search: SearchSummary) => Promise<readonly TrialSummary[]>;

export function trialsReader(client: TrackingClient): ReadTrials {
  const kept = new LRUCache<string, readonly TrialSummary[]>({
    maxSize: MOST_KEPT,
    sizeCalculation: (trials) => Math.max(1, trials.length),
    ttl: KEPT_MS,
  });
  return async (search) => {
    const key = JSON.stringify([search.runId, search.status, search.endTime, search.winnerRunId]);
    const known = kept.get(key);
    if (known) return known;
    const trials: TrialSummary[] = [];
    for await (const trial of rankedTrials(client, search)) {
      if (trials.length === MOST_ROWS) break;
      trials.push(trial);
    }
    if (hasEnded(search.status)) kept.set(key, trials);
    return trials;
  };
}
