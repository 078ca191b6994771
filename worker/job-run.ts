/** The MLflow run that a job writes: opened once per job id, continued by later attempts. */
import { hostname } from 'node:os';
import type { Engine } from '../learning/engine/index.js';
import type { SearchContext } from '../queue/index.js';
import { type Run, TAGS, type TrackingClient, tagIs } from '../tracking/client/index.js';
import type { JobAttempt } from './job.js';

/** What a job's run is called, where it belongs, and what it is tagged with. */
export interface RunDescription {
  readonly runName: string;
  readonly parentRunId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Opens the job's run, or finds the one an earlier start of the same job opened. */
export async function openRun(
  tracking: TrackingClient,
  context: SearchContext,
  attempt: JobAttempt,
  engine: Engine,
  { runName, parentRunId, tags }: RunDescription,
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
    runName,
    startTime: Date.now(),
    parentRunId,
    tags: {
      ...context.source,
      [TAGS.searchId]: context.searchId,
      [TAGS.jobId]: attempt.jobId,
      [TAGS.engine]: engine.name,
      [TAGS.engineVersion]: engine.version,
      [TAGS.processes]: process.env.GRIDSEARCH_PROCESSES ?? '1',
      [TAGS.threads]: String(engine.threads),
      [TAGS.host]: hostname(),
      ...tags,
    },
  });
}

/** First epoch whose metrics the run doesn't hold yet: all keys of an epoch are written in one request. */
export async function nextStep(tracking: TrackingClient, run: Run, resumed: boolean): Promise<number> {
  if (!resumed) return 0;
  const history = await tracking.metricHistory(run.info.runId, 'loss');
  return history.reduce((next, point) => Math.max(next, point.step + 1), 0);
}
