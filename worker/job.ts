/**
 * The one path of a job that trains, whatever it trains: open its run → work → close the run, hand the job back, let it wait,
 * or fail. Knows no queue: whoever took the job tells the queue how it ended.
 */
import type { Engine } from '../learning/engine/index.js';
import type { SearchContext } from '../queue/index.js';
import { isUnreachable, type Run, type RunData, type TrackingClient } from '../tracking/client/index.js';
import { nextStep, openRun, type RunDescription } from './job-run.js';
import { type LiveMetrics, liveMetrics } from './live-metrics.js';

/** What a job works with. */
export interface JobDeps {
  readonly tracking: TrackingClient;
  readonly engine: Engine;
  /** Folder for dataset snapshots. */
  readonly cacheDir: string;
  /** Aborts when the job is to be handed back. */
  readonly signal: AbortSignal;
}

/** Which attempt at a job this is. */
export interface JobAttempt {
  readonly jobId: string;
  /** Whether the job was started before: by a failed attempt, or by a worker that died or handed it back. */
  readonly resumed: boolean;
  /** Whether the queue gives the job up when this attempt fails. */
  readonly last: boolean;
}

/** What a kind of job does between the opening and the closing of its run. */
export interface Task<Payload extends { readonly context: SearchContext }, Result> {
  /** The run it writes. */
  run(payload: Payload): RunDescription;
  /** What others should know as soon as it starts; done beside the opening. */
  announce?(payload: Payload, tracking: TrackingClient): Promise<void>;
  work(payload: Payload, opened: { run: Run; live: LiveMetrics }, deps: JobDeps): Promise<Worked<Result>>;
}

export interface Worked<Result> {
  /** What goes onto the run last, with the metrics that still wait. */
  readonly last: RunData;
  readonly result: Result & { readonly finishedAt: number };
}

/** How a job ended for this worker. */
export type Ending<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** Somebody else is to go on with it, at once; nothing was wrong with it. */
  | { readonly kind: 'handed back' }
  /** What it needs can't be reached now; nothing was wrong with it. */
  | { readonly kind: 'waits'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Carries a job out; never throws. A run stays open unless the job is done or was given its last attempt. */
export async function carryOut<Payload extends { readonly context: SearchContext }, Result>(
  task: Task<Payload, Result>,
  payload: Payload,
  attempt: JobAttempt,
  deps: JobDeps,
): Promise<Ending<Result>> {
  const { tracking, engine, signal } = deps;
  let run: Run | undefined;
  try {
    [run] = await Promise.all([
      openRun(tracking, payload.context, attempt, engine, task.run(payload)),
      task.announce?.(payload, tracking),
    ]);
    const { runId } = run.info;
    const live = liveMetrics(tracking, runId, await nextStep(tracking, run, attempt.resumed));
    const { last, result } = await task.work(payload, { run, live }, deps);
    await live.finish(last);
    await tracking.updateRun(runId, { status: 'FINISHED', endTime: result.finishedAt });
    return { kind: 'done', result };
  } catch (error) {
    if (signal.aborted) return { kind: 'handed back' };
    if (isUnreachable(error)) return { kind: 'waits', reason: error.message };
    if (run !== undefined && attempt.last) {
      const reason = error instanceof Error ? error.message : String(error);
      const failed = await tracking.failRun(run.info.runId, reason).catch((trouble: unknown) => trouble);
      if (isUnreachable(failed)) return { kind: 'waits', reason: failed.message };
    }
    return { kind: 'failed', error };
  }
}
