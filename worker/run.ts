/** The MLflow run that a job writes: opened once per job id, continued by later attempts, closed by the job. */
import { hostname } from 'node:os';
import type { Engine } from '../learning/engine/types.js';
import { type SearchContext, TAGS, tagIs } from '../queue/index.js';
import type { MetricPoint, Run, RunData, TrackingClient } from '../tracking/client/index.js';

/** Which attempt at a job this is. */
export interface JobAttempt {
  readonly jobId: string;
  /** Whether the job was started before: by a failed attempt, or by a worker that died or handed it back. */
  readonly resumed: boolean;
  /** Whether the queue gives the job up when this attempt fails. */
  readonly last: boolean;
}

/** Opens the job's run, or finds the one an earlier start of the same job opened. */
export async function openRun(
  tracking: TrackingClient,
  context: SearchContext,
  attempt: JobAttempt,
  engine: Engine,
  spec: { runName: string; parentRunId: string; tags: Record<string, string> },
): Promise<Run> {
  if (attempt.resumed) {
    const filter = tagIs(TAGS.jobId, attempt.jobId);
    for await (const run of tracking.searchRuns({ experimentIds: [context.experimentId], filter })) {
      if (run.info.status !== 'RUNNING') await tracking.updateRun(run.info.runId, { status: 'RUNNING' });
      return run;
    }
  }
  return tracking.createRun({
    experimentId: context.experimentId,
    runName: spec.runName,
    startTime: Date.now(),
    parentRunId: spec.parentRunId,
    tags: {
      ...context.source,
      [TAGS.searchId]: context.searchId,
      [TAGS.jobId]: attempt.jobId,
      [TAGS.engine]: engine.name,
      [TAGS.engineVersion]: engine.version,
      [TAGS.processes]: process.env.GRIDSEARCH_PROCESSES ?? '1',
      [TAGS.threads]: String(engine.threads),
      [TAGS.host]: hostname(),
      ...spec.tags,
    },
  });
}

/** Marks the run of a job that will not be tried again. */
export async function failRun(tracking: TrackingClient, run: Run, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await tracking.logBatch(run.info.runId, { tags: { [TAGS.failure]: reason.slice(0, 4000) } });
  await tracking.updateRun(run.info.runId, { status: 'FAILED', endTime: Date.now() });
}

/** Metric points of one step; what isn't finite is left out. */
export function points(
  step: number,
  timestamp: number,
  values: Readonly<Record<string, number>>,
): MetricPoint[] {
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([key, value]) => ({ key, value, timestamp, step }));
}

/**
 * Logs points while training goes on: at most one request under way, later points wait and travel together, so a
 * slow server costs no training time, and what is known last goes with them.
 */
export function liveMetrics(tracking: TrackingClient, runId: string, firstStep: number) {
  let waiting: MetricPoint[] = [];
  let sending: Promise<void> = Promise.resolve();
  let busy = false;
  let finishing = false;
  let failure: unknown;
  const send = async (): Promise<void> => {
    busy = true;
    try {
      while (waiting.length > 0 && !finishing) {
        const metrics = waiting;
        waiting = [];
        await tracking.logBatch(runId, { metrics });
      }
    } catch (error) {
      failure ??= error;
    } finally {
      busy = false;
    }
  };
  return {
    /** Queues the values of one step; steps before `firstStep` were logged by an earlier attempt. */
    log(step: number, values: Readonly<Record<string, number>>): void {
      if (step < firstStep) return;
      waiting.push(...points(step, Date.now(), values));
      if (!busy && failure === undefined) sending = send();
    },
    /** Writes what still waits, with `last`; throws what went wrong on the way. Nothing is logged after it. */
    async finish(last: RunData): Promise<void> {
      finishing = true;
      // Beside what is under way: points carry their steps, so the order of arrival does not matter.
      const written = tracking.logBatch(runId, { ...last, metrics: [...waiting, ...(last.metrics ?? [])] });
      await Promise.all([written, sending]);
      if (failure !== undefined) throw failure;
    },
  };
}

/** First epoch whose metrics the run doesn't hold yet: all keys of an epoch are written in one request. */
export async function nextStep(tracking: TrackingClient, run: Run, resumed: boolean): Promise<number> {
  if (!resumed) return 0;
  const history = await tracking.metricHistory(run.info.runId, 'loss');
  return history.reduce((next, point) => Math.max(next, point.step + 1), 0);
}
