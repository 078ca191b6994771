/**
 * The one path of a job that trains, whatever it trains: open its run → wait for its turn → work → close the run, hand the job back, let it wait,
 * or fail. Knows no queue: whoever took the job tells the queue how it ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../learning/engine/index.js';
import type { FitContext } from '../learning/features/index.js';
import { type SearchContext, waitInTrouble } from '../queue/index.js';
import { type Run, type RunData, TAGS, type TrackingClient } from '../tracking/client/index.js';
import { allEnded } from './all-ended.js';
import type { Surroundings } from './child.js';
import { NOT_BEGUN, NotOursError, openRun, type RunDescription } from './job-run.js';
import { type LiveMetrics, liveMetrics } from './live-metrics.js';
import type { Ending, JobAttempt } from './messages.js';
import { troubleOutside } from './trouble.js';

/** What a job works with. */
export interface JobDeps extends Surroundings {
  readonly engine: Engine;
}

/** What fitting features may use of it. */
export const fitContext = ({ engine, cacheDir, say, signal }: JobDeps): FitContext => ({
  engine,
  cacheFolder: cacheDir,
  say,
  signal,
});

/** What a kind of job does between the opening and the closing of its run. */
export interface Task<Payload extends { readonly context: SearchContext }, Result> {
  /** The run it writes. */
  run(payload: Payload, engine: Engine): RunDescription;
  /** What others should know as soon as it starts; done beside the work. */
  announce?(payload: Payload, tracking: TrackingClient): Promise<void>;
  work(payload: Payload, opened: { run: Run; live: LiveMetrics }, deps: JobDeps): Promise<Worked<Result>>;
}

export interface Worked<Result> {
  /** What goes onto the run last, with the metrics that still wait. */
  readonly last: RunData;
  /** Texts of files that the run keeps by the way, by path: a store that refuses them costs the job nothing. */
  readonly files?: Readonly<Record<string, string>>;
  readonly result: Result & { readonly finishedAt: number };
}

/**
 * Carries a job out; never throws. The attempt owns its run: it deletes those of earlier attempts, and its own when it learns
 * that the job is another's by now.
 */
export async function carryOut<Payload extends { readonly context: SearchContext }, Result>(
  task: Task<Payload, Result>,
  payload: Payload,
  attempt: JobAttempt,
  deps: JobDeps,
): Promise<Ending> {
  const { tracking, engine, signal } = deps;
  let run: Run | undefined;
  let live: ReturnType<typeof liveMetrics> | undefined;
  let announced: Promise<void> | undefined;
  let begun = false;
  try {
    signal.throwIfAborted();
    run = await openRun(
      tracking,
      payload.context,
      attempt,
      engine,
      task.run(payload, engine),
      deps.stillHeld,
    );
    const { runId } = run.info;
    // Asked once the run exists, and not before: whoever takes the job after the answer finds the run and deletes it.
    const held = deps.stillHeld();
    announced = held
      .then((yes) => (yes ? task.announce?.(payload, tracking) : undefined))
      // The work goes on without it.
      .catch((error: unknown) => {
        if (!troubleOutside(error)) throw error;
      });
    // Their failure counts where they are waited for.
    for (const one of [held, announced]) one.catch(() => undefined);
    const opened = performance.now();
    await deps.turn();
    begun = true;
    const waited = Math.round(performance.now() - opened);
    live = liveMetrics(tracking, runId);
    const { last, files = {}, result } = await task.work(payload, { run, live }, deps);
    if (!(await held)) throw new NotOursError();
    deps.worked();
    // The work is done: an outage now must not cost it.
    await Promise.all(
      Object.entries(files).map(([path, text]) => waitOut(deps, () => keep(run!, path, text, tracking))),
    );
    // Both to their ends: when one fails, nothing may be on its way any more that opens or closes a run.
    const words = { ...last, tags: { ...last.tags, ...(waited >= MOMENT && { [TAGS.waited]: waited }) } };
    await allEnded([waitOut(deps, () => live!.finish(words, result.finishedAt)), announced]);
    return { kind: 'done', result: JSON.parse(JSON.stringify(result)) };
  } catch (error) {
    live?.stop();
    // What it opens must not come after what closes it.
    await announced?.catch(() => undefined);
    return endBadly(error, run && { runId: run.info.runId, begun }, deps, signal.aborted);
  }
}

/** A wait that nobody need be told of is shorter, in ms. */
const MOMENT = 5;

async function keep(run: Run, path: string, text: string, tracking: TrackingClient): Promise<void> {
  try {
    await tracking.uploadArtifact(run, path, Buffer.from(text));
  } catch (error) {
    if (troubleOutside(error)) throw error;
  }
}

/** Repeats what may be done twice until no trouble outside keeps it from being done, or the job is to be put down. */
async function waitOut(
  { signal, waiting }: Pick<JobDeps, 'signal' | 'waiting'>,
  action: () => Promise<void>,
): Promise<void> {
  for (const since = performance.now(); ; ) {
    try {
      return await action();
    } catch (error) {
      if (!troubleOutside(error) || signal.aborted) throw error;
      waiting(error.message);
      await sleep(waitInTrouble(performance.now() - since), undefined, { signal });
    }
  }
}

/** What is left to do when the work did not come to its end: a word on the run, for whoever looks at it or takes the job next. */
async function endBadly(
  error: unknown,
  run: { runId: string; begun: boolean } | undefined,
  { tracking, stillHeld }: JobDeps,
  aborted: boolean,
): Promise<Ending> {
  const reason = error instanceof Error ? error.message : String(error);
  const onRun = async (write: (runId: string) => Promise<void>): Promise<unknown> =>
    run && write(run.runId).catch((trouble: unknown) => trouble);
  if (aborted && run === undefined) return { kind: 'handed back' };
  if (error instanceof NotOursError || !(await stillHeld())) {
    await onRun((runId) => tracking.deleteRun(runId));
    return { kind: 'lost' };
  }
  if (aborted) {
    await onRun((runId) => tracking.killRun(runId, run?.begun ? 'handed back' : NOT_BEGUN));
    // Nothing was done in it.
    if (!run?.begun) await onRun((runId) => tracking.deleteRun(runId));
    return { kind: 'handed back' };
  }
  if (troubleOutside(error)) {
    await onRun((runId) => tracking.killRun(runId, `waited: ${reason}`));
    return { kind: 'waits', reason };
  }
  const trouble = await onRun((runId) => tracking.failRun(runId, reason));
  return troubleOutside(trouble) ? { kind: 'waits', reason: trouble.message } : { kind: 'failed', reason };
}
