/** MLflow runs as a reader of a search sees them: plain values, the project's words. */
import { z } from 'zod';
import { type Configuration, configuration, type ParameterValue, stop } from '../../queue/index.js';
import {
  isNotFound,
  type Run,
  type RunStatus,
  TAGS,
  type TrackingClient,
} from '../../tracking/client/index.js';

/** What every run of a search tells. */
export interface RunSummary {
  readonly runId: string;
  readonly runName: string;
  readonly status: RunStatus;
  /** ms */
  readonly startTime: number;
  readonly endTime: number | null;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Why it failed. */
  readonly failure?: string;
  /** Of a fold that an earlier search had trained: that run, and its search, which may be gone. */
  readonly reusedFrom?: Source;
}

/** The run that numbers come from, and its search. */
export interface Source {
  readonly runId: string;
  readonly searchId: string;
}

export const summaryOf = ({ info, params, metrics, tags }: Run): RunSummary => ({
  runId: info.runId,
  runName: info.runName,
  status: info.status,
  startTime: info.startTime,
  endTime: info.endTime ?? null,
  params: paramValues(params),
  metrics,
  ...(tags[TAGS.failure] !== undefined && { failure: tags[TAGS.failure] }),
  ...withSource(tags),
});

function withSource(tags: Run['tags']): Pick<RunSummary, 'reusedFrom'> {
  const from = reusedFrom({ tags });
  return from === undefined ? {} : { reusedFrom: from };
}

const attempts = z.array(
  z.object({
    worker: z.string(),
    start: z.string(),
    /** null when it fell silent. */
    end: z.string().nullable(),
    reason: z.string(),
  }),
);
/** An earlier attempt at a fold, and why it ended. */
export type EarlierAttempt = z.infer<typeof attempts>[number];

/** What a run tells of earlier attempts at its job; none when it can't be read. */
export function earlierAttempts({ tags }: Run): EarlierAttempt[] {
  try {
    return attempts.parse(JSON.parse(tags[TAGS.attempts] ?? '[]'));
  } catch {
    return [];
  }
}

/** MLflow keeps parameters as text: what was a number or a truth value becomes one again. */
export function paramValue(text: string): ParameterValue {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}

const paramValues = (params: Readonly<Record<string, string>>): Record<string, ParameterValue> =>
  Object.fromEntries(Object.entries(params).map(([name, text]) => [name, paramValue(text)]));

/** The configuration that a trial's run is about. */
export const configurationOf = ({ tags }: Run): Configuration =>
  configuration.parse({
    index: Number(tags[TAGS.index]),
    hash: tags[TAGS.configuration],
    model: tags[TAGS.estimatorName],
    parameters: JSON.parse(tags[TAGS.parameters] ?? '{}'),
  });

/** Why a pruner stopped a trial: its rule, after which fold or epoch, and the numbers that it went by. */
export type PruningStop = z.infer<typeof stop>;

/** What a run's tag tells of it; undefined when it can't be read. */
export function pruningStop(tag: string | undefined): PruningStop | undefined {
  try {
    return stop.parse(JSON.parse(tag ?? ''));
  } catch {
    return undefined;
  }
}

/** A fold of a trial. */
export interface FoldSummary extends RunSummary {
  /** From 0. */
  readonly fold: number;
  /** Of an inner fold of nested cross-validation: its outer fold, a point, its place there. */
  readonly inner?: string;
  /** Attempts before the one that wrote the run. */
  readonly attempts: readonly EarlierAttempt[];
  /** Metrics of the validation rows after the epoch that was kept, by name; empty in runs of before version 0.2. */
  readonly kept: Readonly<Record<string, number>>;
}

/** A trial: its child run, and where it stands among the others. */
export interface TrialSummary extends RunSummary {
  readonly configuration: Configuration;
  /** How it ended: `complete`, `pruned` or `failed`; undefined before. */
  readonly outcome: string | undefined;
  /** Why it was pruned: rule, rung and evidence. */
  readonly pruned?: string;
  /** The same in parts; nothing when it can't be read. */
  readonly stop?: PruningStop;
  /** Mean and deviation of the objective over the folds; undefined for a trial that is not complete. */
  readonly mean: number | undefined;
  readonly std: number | undefined;
}

/** Whether nothing will change a run any more. */
export const hasEnded = (status: RunStatus): boolean => status !== 'RUNNING' && status !== 'SCHEDULED';

/** Where a fold's numbers come from, if not from its own training. */
export function reusedFrom({ tags }: Pick<Run, 'tags'>): Source | undefined {
  const runId = tags[TAGS.reusedFrom];
  return runId ? { runId, searchId: tags[TAGS.reusedFromSearch] ?? '' } : undefined;
}

/** The run that holds what a fold's run has no copy of, its curves and files; undefined when it is gone. */
export async function sourceOf(client: TrackingClient, run: Run): Promise<Run | undefined> {
  const from = reusedFrom(run);
  if (from === undefined) return run;
  // Anybody may have written the tag.
  if (!/^[0-9a-f]{32}$/.test(from.runId)) return undefined;
  try {
    return await client.getRun(from.runId);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return undefined;
  }
}
