/** How far a search is, read from Redis: nobody keeps count, so nothing can be counted twice. */
import { Job, type Queue } from 'bullmq';
import { idOf, unsettledChildren } from '../../orchestrator/search/children.js';
import { windowEnd } from '../../orchestrator/search/window.js';
import { configurationAt, configurationCount } from '../../orchestrator/space/index.js';
import {
  foldCount,
  type SearchPayload,
  type SearchResult,
  searchPayload,
  searchResult,
  trialJobId,
  windowJobId,
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
export async function readProgress(
  searches: Queue,
  searchId: string,
  windowFolds = 500,
): Promise<SearchProgress | undefined> {
  // The state first: a job read before its end, and asked for its state after, would be completed without a result.
  const state = await searches.getJobState(searchId);
  const job = await Job.fromId(searches, searchId);
  if (job === undefined) return undefined;
  const search = searchPayload.parse(job.data);
  const { progress } = search;
  const total = configurationCount(search);
  const perTrial = foldCount(search.context.cross_validation);
  const common = {
    searchId,
    submittedAt: search.submittedAt,
  };
  if (state === 'completed') {
    const result = searchResult.parse(job.returnvalue);
    return {
      ...common,
      step: 'ended',
      trials: { total, settled: result.trials.finished + result.trials.failed },
      folds: { total: total * perTrial, settled: result.folds.finished + result.folds.failed },
      result,
    };
  }
  const open =
    progress.step === 'plan' ? await openWindow(searches, search, windowFolds) : { trials: 0, folds: 0 };
  return {
    ...common,
    step:
      state === 'failed'
        ? 'broken'
        : state === 'waiting' && progress.planned === 0
          ? 'queued'
          : progress.step,
    trials: { total, settled: progress.trials.finished + progress.trials.failed + open.trials },
    folds: {
      total: total * perTrial,
      settled: progress.folds.finished + progress.folds.failed + open.folds,
    },
  };
}

/** Settled trials and folds of the window under way. */
async function openWindow(
  searches: Queue,
  search: SearchPayload,
  windowFolds: number,
): Promise<{ trials: number; folds: number }> {
  const { context, progress } = search;
  const from = progress.planned;
  const perTrial = foldCount(context.cross_validation);
  const to = windowEnd(from, configurationCount(search), perTrial, windowFolds);
  const window = await Job.fromId(searches, windowJobId(context.searchId, from));
  if (window === undefined) return { trials: 0, folds: 0 };
  const unsettled = new Set((await unsettledChildren(window)).map(idOf));
  const counts = await Promise.all(
    Array.from({ length: to - from }, async (_, i) => {
      const id = trialJobId(context.searchId, configurationAt(search, from + i));
      if (!unsettled.has(id)) return perTrial;
      const trial = await Job.fromId(searches, id);
      if (trial === undefined) return perTrial;
      const { unprocessed = 0 } = await trial.getDependenciesCount({ unprocessed: true });
      return perTrial - unprocessed;
    }),
  );
  return { trials: to - from - unsettled.size, folds: counts.reduce((sum, count) => sum + count, 0) };
}
