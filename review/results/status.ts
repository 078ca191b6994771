/** Where a search stands: what tracking keeps of it, and what Redis knows while it is under way. */
import type { Queue } from 'bullmq';
import { readProgress, type SearchProgress } from './progress.js';
import type { SearchSummary } from './searches.js';

interface Count {
  readonly total: number;
  /** null when the search has left Redis: only its end is known. */
  readonly settled: number | null;
}

export interface SearchStatus extends Pick<SearchSummary, 'searchId' | 'status' | 'startTime' | 'endTime'> {
  readonly parentRunId: string;
  readonly step: SearchProgress['step'];
  readonly trials: Count;
  readonly folds: Count;
  readonly best: number | null;
  readonly registered: string | null;
  readonly failure: string | null;
  /** While Redis has the search. */
  readonly progress: SearchProgress | undefined;
}

export async function readStatus(searches: Queue, search: SearchSummary): Promise<SearchStatus> {
  const progress = await readProgress(searches, search.searchId);
  return {
    searchId: search.searchId,
    parentRunId: search.runId,
    status: search.status,
    startTime: search.startTime,
    endTime: search.endTime,
    step: progress?.step ?? 'ended',
    trials: progress?.trials ?? { total: search.trials, settled: null },
    folds: progress?.folds ?? { total: search.folds, settled: null },
    best: search.bestMean,
    registered: search.registered,
    failure: search.failure ?? progress?.failure ?? null,
    progress,
  };
}

/** Ids of the searches that have not ended, newest first. */
export async function openSearches(searches: Queue): Promise<string[]> {
  const jobs = await searches.getJobs(['active', 'waiting', 'waiting-children', 'delayed', 'prioritized']);
  return jobs
    .filter((job) => job !== undefined && job.name === 'search')
    .sort((a, b) => b.timestamp - a.timestamp)
    .map((job) => job.id!);
}
