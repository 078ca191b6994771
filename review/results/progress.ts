/** How far a search is, read from Redis: nobody keeps count, so nothing can be counted twice. */
import { Job, type Queue } from 'bullmq';
import {
  idOf,
  type SearchPayload,
  type SearchResult,
  searchPayload,
  searchResult,
  trialJobId,
  unsettledChildren,
  windowJobId,
  windowPayload,
} from '../../queue/index.js';

export interface SearchProgress {
  readonly searchId: string;
  readonly step: 'queued' | SearchPayload['progress']['step'] | 'ended' | 'broken';
  readonly trials: { readonly total: number; readonly settled: number };
  readonly folds: { readonly total: number; readonly settled: number };
  /** Time of submission, ms. */
  readonly submittedAt: number;
  /** Why the search's own job failed, with step `broken`. */
  readonly failure?: string;
  /** Present once the search has ended. */
  readonly result?: SearchResult;
}

/** Progress of one search, or undefined when this Redis doesn't know it. */
export async function readProgress(searches: Queue, searchId: string): Promise<SearchProgress | undefined> {
  // The state first: a job read before its end, and asked for its state after, would be completed without a result.
  const state = await searches.getJobState(searchId);
  const job = await Job.fromId(searches, searchId);
  if (job === undefined) return undefined;
  const search = searchPayload.parse(job.data);
  const { progress, total, context } = search;
  const common = { searchId, submittedAt: search.submittedAt };
  const known = (trials: number, folds: number) => ({
    trials: { total, settled: trials },
    folds: { total: total * context.folds, settled: folds },
  });
  if (state === 'completed') {
    const result = searchResult.parse(job.returnvalue);
    return { ...common, step: 'ended', ...known(sum(result.trials), sum(result.folds)), result };
  }
  const open = await openWindow(searches, search);
  const counted = known(sum(progress.trials) + open.trials, sum(progress.folds) + open.folds);
  if (state === 'failed') {
    return { ...common, step: 'broken', ...counted, ...(job.failedReason && { failure: job.failedReason }) };
  }
  const queued = state === 'waiting' && progress.settled === 0 && progress.window === undefined;
  return { ...common, step: queued ? 'queued' : progress.step, ...counted };
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Settled trials and folds of the window under way. */
async function openWindow(
  searches: Queue,
  { context, progress }: SearchPayload,
): Promise<{ trials: number; folds: number }> {
  const none = { trials: 0, folds: 0 };
  if (progress.window === undefined) return none;
  const window = await Job.fromId(searches, windowJobId(context.searchId, progress.window.from));
  if (window === undefined) return none;
  const { configurations } = windowPayload.parse(window.data);
  const unsettled = new Set((await unsettledChildren(window)).map(idOf));
  const counts = await Promise.all(
    configurations.map(async (configuration) => {
      const id = trialJobId(context.searchId, configuration);
      if (!unsettled.has(id)) return context.folds;
      const trial = await Job.fromId(searches, id);
      if (trial === undefined) return context.folds;
      const { unprocessed = 0 } = await trial.getDependenciesCount({ unprocessed: true });
      return context.folds - unprocessed;
    }),
  );
  return {
    trials: configurations.length - unsettled.size,
    folds: counts.reduce((total, count) => total + count, 0),
  };
}
