/** The MLflow run that an attempt at a job writes. Those of earlier attempts are deleted first, and told of on the new one. */
import { hostname } from 'node:os';
import type { Engine } from '../learning/engine/index.js';
import type { SearchContext } from '../queue/index.js';
import { type Run, TAGS, type TrackingClient, tagIs } from '../tracking/client/index.js';
import type { JobAttempt } from './messages.js';

/** What a job's run is called, where it belongs, and what it is tagged with. */
export interface RunDescription {
  readonly runName: string;
  readonly parentRunId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Earlier attempts that a run tells of; a job that was handed round for days has had more. */
const MOST_TOLD = 20;

/**
 * Opens the attempt's run. A process that still works on an earlier attempt, frozen past its lock, then writes into a deleted
 * run, which MLflow refuses.
 */
export async function openRun(
  tracking: TrackingClient,
  context: SearchContext,
  attempt: JobAttempt,
  engine: Engine,
  { runName, parentRunId, tags }: RunDescription,
  stillHeld: () => Promise<boolean>,
): Promise<Run> {
  const earlier =
    attempt.resumed || context.rebuilt ? await takeOver(tracking, context, attempt.jobId, stillHeld) : [];
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
      [TAGS.worker]: `${hostname()}:${process.ppid}`,
      ...(earlier.length > 0 && { [TAGS.attempts]: JSON.stringify(earlier) }),
      ...tags,
    },
  });
}

/** Why a run was closed whose job waited for its turn: no attempt. */
export const NOT_BEGUN = 'handed back before its turn';
const SILENT = 'its worker fell silent';

/** The job is another's by now. */
export class NotOursError extends Error {}

/**
 * Deletes the runs of earlier attempts; returns what is to be told of them, oldest first.
 *
 * @throws NotOursError with none deleted, when the job is another's by now: what was found may be that one's run
 */
async function takeOver(
  tracking: TrackingClient,
  { experimentId }: SearchContext,
  jobId: string,
  stillHeld: () => Promise<boolean>,
): Promise<object[]> {
  const runs: Run[] = [];
  const filter = tagIs(TAGS.jobId, jobId);
  for await (const run of tracking.searchRuns({ experimentIds: [experimentId], filter, viewType: 'ALL' }))
    runs.push(run);
  // Asked once they are found, and not before: whoever takes the job after the answer has no run among them.
  if (!(await stillHeld())) throw new NotOursError();
  for (const { info } of runs) {
    if (info.lifecycleStage !== 'active') continue;
    // Closed first: a deleted run can be restored, and would then look as if somebody worked on it.
    if (info.status === 'RUNNING') await tracking.killRun(info.runId, SILENT);
    await tracking.deleteRun(info.runId);
  }
  return runs
    .filter(({ tags }) => tags[TAGS.failure] !== NOT_BEGUN)
    .sort((a, b) => a.info.startTime - b.info.startTime)
    .slice(-MOST_TOLD)
    .map(({ info, tags }) => ({
      worker: (tags[TAGS.worker] ?? '').slice(0, 100),
      start: new Date(info.startTime).toISOString(),
      end: info.endTime === undefined ? null : new Date(info.endTime).toISOString(),
      reason: (tags[TAGS.failure] ?? (info.endTime === undefined ? SILENT : 'its result was lost')).slice(
        0,
        200,
      ),
    }));
}
