/** The job of one fold, whoever adds it. */
import type { Job, JobsOptions } from 'bullmq';
import {
  type Configuration,
  type FoldPayload,
  foldJobId,
  type SearchContext,
  type SearchPayload,
  sealData,
  trainingJob,
} from '../../queue/index.js';

/** What a trial's folds have in common. */
export interface FoldsOf extends Pick<SearchPayload, 'retries' | 'reuse'> {
  readonly context: SearchContext;
  readonly configuration: Configuration;
  readonly trialRunId: string;
  /** The job id of their window. */
  readonly window: string;
}

/** @param pruning - What a fold that may be stopped within is held against. */
export function foldJob(
  { context, configuration, trialRunId, window, retries, reuse }: FoldsOf,
  fold: number,
  pruning?: FoldPayload['pruning'],
): { readonly name: string; readonly data: Job['data']; readonly opts: JobsOptions & { jobId: string } } {
  const jobId = foldJobId(context.searchId, configuration, fold);
  const rows = reuse?.rows[fold];
  const data: FoldPayload = {
    kind: 'fold',
    context,
    configuration,
    trialRunId,
    window,
    fold,
    ...(pruning && { pruning }),
    ...(rows && { rows }),
  };
  return { name: 'fold', data: sealData(jobId, data), opts: { ...trainingJob(retries), jobId } };
}
