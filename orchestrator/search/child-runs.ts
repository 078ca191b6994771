/** The child runs of a search, as its steps read and write them. */
import {
  type Configuration,
  configuration,
  type SearchContext,
  type SearchPayload,
  trialJobId,
  windowJobId,
} from '../../queue/index.js';
import { ROLE, type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';

/** The search's child runs in the order asked for. */
export function childRuns(
  context: SearchContext,
  tracking: TrackingClient,
  orderBy = 'attributes.start_time ASC',
): AsyncIterable<Run> {
  return tracking.searchRuns({
    experimentIds: [context.experimentId],
    filter: `${tagIs(TAGS.parentRunId, context.parentRunId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
    orderBy: [orderBy],
  });
}

/** The run's place in the order of proposal. */
export const indexOf = (run: Run): number => Number(run.tags[TAGS.index]);

/** The configuration that a child run is about. */
export function configurationOf({ tags }: Run): Configuration {
  return configuration.parse({
    index: Number(tags[TAGS.index]),
    hash: tags[TAGS.configuration],
    model: tags[TAGS.estimatorName],
    parameters: JSON.parse(tags[TAGS.parameters] ?? '{}'),
  });
}

/** The child runs of a window that are there already, by their job's id. */
export async function runsOfWindow(
  { context }: SearchPayload,
  from: number,
  tracking: TrackingClient,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const run of tracking.searchRuns({
    experimentIds: [context.experimentId],
    filter: tagIs(TAGS.window, windowJobId(context.searchId, from)),
  })) {
    const jobId = run.tags[TAGS.jobId];
    if (jobId !== undefined) found.set(jobId, run.info.runId);
  }
  return found;
}

/** Creates a trial's run, scheduled until its first fold starts; returns its id. */
export async function createChildRun(
  { context }: SearchPayload,
  from: number,
  configuration: Configuration,
  tracking: TrackingClient,
): Promise<string> {
  const run = await tracking.createRun({
    experimentId: context.experimentId,
    runName: `${configuration.model}-${configuration.index}`,
    startTime: Date.now(),
    parentRunId: context.parentRunId,
    tags: {
      ...context.source,
      [TAGS.role]: ROLE.trial,
      [TAGS.searchId]: context.searchId,
      [TAGS.jobId]: trialJobId(context.searchId, configuration),
      [TAGS.window]: windowJobId(context.searchId, from),
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
      [TAGS.parameters]: JSON.stringify(configuration.parameters),
      [TAGS.estimatorName]: configuration.model,
      [TAGS.estimatorClass]: `gridsearch.models.${configuration.model}`,
      [TAGS.autologging]: 'gridsearch',
    },
  });
  await tracking.updateRun(run.info.runId, { status: 'SCHEDULED' });
  return run.info.runId;
}
