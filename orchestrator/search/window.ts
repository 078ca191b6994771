/** A window: the bounded slice of the grid that is in Redis at one time. */
import type { FlowJob, Job } from 'bullmq';
import {
  type Configuration,
  FOLD_QUEUE,
  type FoldPayload,
  foldCount,
  foldJobId,
  ROLE,
  SEARCH_QUEUE,
  type SearchPayload,
  TAGS,
  type TrialPayload,
  tagIs,
  trialJobId,
  trialResult,
  type WindowPayload,
  type WindowResult,
  windowJobId,
} from '../../queue/index.js';
import { TAG } from '../../tracking/client/index.js';
import { configurationAt } from '../space/index.js';
import { childFailures, childValues } from './children.js';
import type { Deps } from './orchestrator.js';

type FlowNode = NonNullable<FlowJob['children']>[number];

/** Settled either way, a child never fails its parent, and leaves Redis as soon as its outcome is with the parent. */
const CHILD = { ignoreDependencyOnFailure: true, removeOnComplete: true, removeOnFail: true } as const;
/** A step fails on bugs, not on luck; a few attempts cover what isn't known to be passing. */
export const STEP = { attempts: 5, backoff: { type: 'exponential', delay: 500 } } as const;

/** First index after the window that starts at `from`. */
export function windowEnd(from: number, total: number, folds: number, windowFolds: number): number {
  return Math.min(total, from + Math.max(1, Math.floor(windowFolds / folds)));
}

/**
 * Creates the window's child runs, then adds the window with its trials and folds in one transaction. What else
 * belongs on the runs is left to {@link describeWindow}: workers need not wait for it.
 *
 * @returns run ids by trial job id
 */
export async function addWindow(
  search: SearchPayload,
  from: number,
  to: number,
  job: Job,
  deps: Deps,
): Promise<ReadonlyMap<string, string>> {
  const { context } = search;
  const configurations = slice(search, from, to);
  const existing = await existingRuns(search, from, deps);
  const runs = await Promise.all(
    configurations.map(
      (configuration) =>
        existing.get(trialJobId(context.searchId, configuration)) ??
        createChildRun(search, from, configuration, deps),
    ),
  );

  const trials = configurations.map((configuration, i): FlowNode => {
    const runId = runs[i]!;
    const trial: TrialPayload = { kind: 'trial', context, configuration, runId };
    return {
      name: 'trial',
      queueName: SEARCH_QUEUE,
      data: trial,
      opts: { ...CHILD, ...STEP, jobId: trialJobId(context.searchId, configuration) },
      children: Array.from({ length: foldCount(context.cross_validation) }, (_, fold): FlowNode => {
        const data: FoldPayload = { kind: 'fold', context, configuration, trialRunId: runId, fold };
        return {
          name: 'fold',
          queueName: FOLD_QUEUE,
          data,
          opts: {
            ...CHILD,
            jobId: foldJobId(context.searchId, configuration, fold),
            attempts: search.retries + 1,
            backoff: { type: 'exponential', delay: 1000 },
          },
        };
      }),
    };
  });
  const window: WindowPayload = { kind: 'window', searchId: context.searchId, from, to };
  await deps.flow.add({
    name: 'window',
    queueName: SEARCH_QUEUE,
    data: window,
    opts: {
      ...CHILD,
      ...STEP,
      jobId: windowJobId(context.searchId, from),
      parent: { id: job.id!, queue: job.queueQualifiedName },
    },
    children: trials,
  });
  return new Map(
    configurations.map((configuration, i) => [trialJobId(context.searchId, configuration), runs[i]!]),
  );
}

const slice = (search: SearchPayload, from: number, to: number): Configuration[] =>
  Array.from({ length: to - from }, (_, i) => configurationAt(search, from + i));

/**
 * Logs on each of the window's child runs, given by trial job id, its parameters and the dataset that it reads. Doing so again is harmless, so
 * an orchestrator that finds the window under way does: the one before it may have died meanwhile.
 */
export async function describeWindow(
  search: SearchPayload,
  from: number,
  to: number,
  runs: ReadonlyMap<string, string>,
  { tracking }: Deps,
): Promise<void> {
  await Promise.all(
    slice(search, from, to).map(async (configuration) => {
      const runId = runs.get(trialJobId(search.context.searchId, configuration));
      if (runId === undefined) return;
      await tracking.logBatch(runId, {
        params: { model: configuration.model, ...configuration.parameters },
      });
      await tracking.logInputs(runId, [search.inputs.train]);
    }),
  );
}

/** The child runs of a window that are there already, by their job's id. */
export async function existingRuns(
  { context }: SearchPayload,
  from: number,
  { tracking }: Deps,
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
async function createChildRun(
  { context }: SearchPayload,
  from: number,
  configuration: Configuration,
  { tracking }: Deps,
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
      estimator_name: configuration.model,
      estimator_class: `gridsearch.models.${configuration.model}`,
      [TAG.autologging]: 'gridsearch',
    },
  });
  await tracking.updateRun(run.info.runId, { status: 'SCHEDULED' });
  return run.info.runId;
}

/** The window job itself: all its trials have ended; add them up. */
export async function sumWindow(payload: WindowPayload, job: Job): Promise<WindowResult> {
  const results = [...(await childValues(job)).values()].map((value) => trialResult.parse(value));
  const broken = (await childFailures(job)).size;
  const finished = results.filter((result) => result.finished).length;
  return {
    trials: { finished, failed: payload.to - payload.from - finished },
    folds: {
      finished: results.reduce((sum, result) => sum + result.foldsFinished, 0),
      failed: results.reduce((sum, result) => sum + result.foldsFailed, 0) + broken,
    },
  };
}
