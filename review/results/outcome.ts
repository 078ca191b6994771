/** What came of a search that has ended, as its job in Redis holds it. */
import type { Queue } from 'bullmq';
import { readData, readResult, type SearchResult, searchPayload, searchResult } from '../../queue/index.js';

export interface SearchOutcome extends Pick<SearchResult, 'status' | 'reason'> {
  readonly searchId: string;
  readonly experimentId: string;
  readonly parentRunId: string;
  readonly objective: { readonly metric: string };
  readonly engine: string | null;
  readonly trials: {
    readonly total: number;
    readonly finished: number;
    readonly pruned: number;
    readonly failed: number;
  };
  readonly folds: {
    readonly total: number;
    readonly finished: number;
    readonly failed: number;
    /** Those that stopped trials did not need. */
    readonly spared: number;
  };
  readonly best: NonNullable<SearchResult['best']> | null;
  readonly refit: NonNullable<SearchResult['refit']> | null;
  readonly registered: NonNullable<SearchResult['registered']> | null;
}

/** @throws ZodError when the search has not ended, or is not in this Redis */
export async function readOutcome(searches: Queue, searchId: string): Promise<SearchOutcome> {
  const job = await searches.getJob(searchId);
  if (job === undefined) throw new Error(`search ${searchId} is not in this Redis`);
  const { context } = readData(job, searchPayload);
  const result = readResult(searchId, job.returnvalue, searchResult);
  const { complete, pruned, failed } = result.trials;
  return {
    searchId,
    experimentId: context.experimentId,
    parentRunId: context.parentRunId,
    objective: context.objective,
    status: result.status,
    ...(result.reason !== undefined && { reason: result.reason }),
    engine: result.engine ?? null,
    trials: { total: complete + pruned + failed, finished: complete, pruned, failed },
    folds: {
      total: result.folds.finished + result.folds.failed + result.folds.spared,
      ...result.folds,
    },
    best: result.best ?? null,
    refit: result.refit ?? null,
    registered: result.registered ?? null,
  };
}
