/** MLflow runs as a reader of a search sees them: plain values, the project's words. */
import { type Run, type RunStatus, TAGS } from '../../tracking/client/index.js';

/** What every run of a search tells. */
export interface RunSummary {
  readonly runId: string;
  readonly runName: string;
  readonly status: RunStatus;
  /** ms */
  readonly startTime: number;
  readonly endTime: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Why it failed. */
  readonly failure?: string;
}

export const summaryOf = ({ info, params, metrics, tags }: Run): RunSummary => ({
  runId: info.runId,
  runName: info.runName,
  status: info.status,
  startTime: info.startTime,
  endTime: info.endTime ?? null,
  params,
  metrics,
  ...(tags[TAGS.failure] !== undefined && { failure: tags[TAGS.failure] }),
});

/** A fold of a trial. */
export interface FoldSummary extends RunSummary {
  /** From 0. */
  readonly fold: number;
}

/** A trial: its child run, and where it stands among the others. */
export interface TrialSummary extends RunSummary {
  /** Its place in the order of proposal. */
  readonly index: number;
  /** Mean and deviation of the objective over the folds; undefined for a trial that is not complete. */
  readonly mean: number | undefined;
  readonly std: number | undefined;
}

/** Whether nothing will change a run any more. */
export const hasEnded = (status: RunStatus): boolean => status !== 'RUNNING' && status !== 'SCHEDULED';
