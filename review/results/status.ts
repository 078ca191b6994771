/** Where a search stands: what tracking keeps of it, and what Redis knows while it is under way. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Control, readControl, SealError, USUAL_PRIORITY } from '../../queue/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Presence } from './presence.js';
import { readProgress, type SearchProgress } from './progress.js';
import { hasEnded } from './runs.js';
import type { SearchSummary } from './searches.js';
import { type SearchState, stateOf } from './state.js';
import { bestOf } from './trials.js';

interface Count {
  readonly total: number;
  /** null when the search has left Redis: only its end is known. */
  readonly settled: number | null;
}

export interface SearchStatus {
  readonly search: SearchSummary;
  readonly state: SearchState;
  readonly step: SearchProgress['step'];
  readonly trials: Count;
  readonly folds: Count;
  /** Of the winner, or of the best so far. */
  readonly bestMean: number | null;
  readonly failure: string | null;
  /** What people want of it; while Redis has the search. */
  readonly control: Control | undefined;
  /** While Redis has the search. */
  readonly progress: SearchProgress | undefined;
}

/** @param presence - Who is there, see `readPresence`. */
export async function readStatus(
  sources: { searches: Queue; redis: Redis; client: TrackingClient; presence: Presence | undefined },
  search: SearchSummary,
): Promise<SearchStatus> {
  const { searches, redis, client, presence } = sources;
  const [found, bestMean, wishes] = await Promise.all([
    readProgress(searches, search.searchId).catch(otherwise),
    // A search that has ended tells itself: there may be thousands of them.
    hasEnded(search.status)
      ? search.metrics.best_cv_score
      : bestOf(client, search).then((best) => best?.mean),
    hasEnded(search.status) ? undefined : readControl(redis, search.searchId),
  ]);
  const progress = found instanceof SealError ? undefined : found;
  const control = progress &&
    wishes && {
      ...wishes,
      stop: wishes.stop ?? progress.search.progress.cut,
      priority: wishes.priority ?? progress.search.priority ?? USUAL_PRIORITY,
    };
  return {
    search,
    state: stateOf(search, found instanceof SealError ? 'signed otherwise' : found, presence, control),
    step: progress?.step ?? 'ended',
    trials: progress?.trials ?? { total: search.trials, settled: null },
    folds: progress?.folds ?? { total: search.folds, settled: null },
    bestMean: bestMean ?? null,
    failure: search.failure ?? progress?.failure ?? (found instanceof SealError ? found.message : null),
    control,
    progress,
  };
}

/** Seconds since its start in which it could go on: time paused tells nothing of its speed. */
export const secondsUnderWay = ({ search, control }: Pick<SearchStatus, 'search' | 'control'>): number =>
  (Date.now() - search.startTime - (control?.pausedMs ?? 0)) / 1000;

/** A job that this process can't read is one of several: the others are told all the same. */
function otherwise(error: unknown): SealError {
  if (error instanceof SealError) return error;
  throw error;
}

/** Searches that wait for their turn, by id: 1 is the next. */
export async function queuePositions(searches: Queue): Promise<ReadonlyMap<string, number>> {
  const waiting = await searches.getWaiting();
  return new Map(waiting.filter((job) => job?.name === 'search').map((job, i) => [job.id!, i + 1]));
}

/** Ids of the searches that have not ended, newest first. */
export async function openSearches(searches: Queue): Promise<string[]> {
  const jobs = await searches.getJobs(['active', 'waiting', 'waiting-children', 'delayed', 'prioritized']);
  return jobs
    .filter((job) => job !== undefined && job.name === 'search')
    .sort((a, b) => b.timestamp - a.timestamp)
    .map((job) => job.id!);
}
