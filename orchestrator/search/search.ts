/** The search job: one call carries the search as far as it gets until it has to wait for children. */
import { type Job, WaitingChildrenError } from 'bullmq';
import {
  foldCount,
  type MetricName,
  type RefitPayload,
  type RefitResult,
  refitJobId,
  refitResult,
  type SearchPayload,
  type SearchResult,
  TAGS,
  windowJobId,
  windowResult,
} from '../../queue/index.js';
import { configurationCount } from '../space/index.js';
import { childFailures, childValues } from './children.js';
import type { Deps } from './orchestrator.js';
import { registerModel } from './register.js';
import { selectBest, writeResults } from './select.js';
import { addWindow, describeWindow, existingRuns, windowEnd } from './window.js';

/** A search that ended without a model; the reason is for people. */
class SearchFailure extends Error {}

/**
 * Carries out the search from its saved step on.
 * @throws WaitingChildrenError once the job is parked until its children end, as BullMQ's step pattern asks.
 */
export async function runSearchStep(
  search: SearchPayload,
  job: Job,
  token: string,
  deps: Deps,
): Promise<SearchResult> {
  let state = search;
  try {
    state = await planAll(state, job, token, deps);
    if (state.progress.step === 'plan') {
      const best = await selectBest(state, deps);
      if (best === undefined) {
        throw new SearchFailure(
          `all ${state.progress.trials.failed} trials failed; the reason is in tag ${TAGS.failure} of each child run`,
        );
      }
      state = await save(job, { ...state, progress: { ...state.progress, step: 'refit', best } });
    }
    if (state.progress.step === 'refit') {
      await refit(state, job, token, deps);
      state = await save(job, { ...state, progress: { ...state.progress, step: 'register' } });
    }
    return await register(state, job, deps);
  } catch (error) {
    if (error instanceof SearchFailure) return failSearch(state, error.message, deps);
    throw error;
  }
}

async function save(job: Job, state: SearchPayload): Promise<SearchPayload> {
  await job.updateData(state);
  return state;
}

async function waitForChildren(job: Job, token: string): Promise<void> {
  if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
}

/** Window after window until the whole grid was tried. */
async function planAll(search: SearchPayload, job: Job, token: string, deps: Deps): Promise<SearchPayload> {
  let state = search;
  const total = configurationCount(search);
  const folds = foldCount(search.context.cross_validation);
  if (state.progress.step === 'plan' && state.progress.planned === 0) {
    await deps.tracking.updateRun(search.context.parentRunId, { status: 'RUNNING' });
  }
  while (state.progress.planned < total) {
    const from = state.progress.planned;
    const to = windowEnd(from, total, folds, deps.windowFolds);
    const outcome = await windowOutcome(job, windowJobId(search.context.searchId, from), from, to);
    if (outcome === 'absent' || outcome === 'under way') {
      const runs = await (outcome === 'absent'
        ? addWindow(search, from, to, job, deps)
        : existingRuns(search, from, deps));
      await describeWindow(search, from, to, runs, deps);
      await waitForChildren(job, token);
      continue;
    }
    const { trials, folds: settled } = state.progress;
    state = await save(job, {
      ...state,
      progress: {
        ...state.progress,
        planned: to,
        trials: {
          finished: trials.finished + outcome.trials.finished,
          failed: trials.failed + outcome.trials.failed,
        },
        folds: {
          finished: settled.finished + outcome.folds.finished,
          failed: settled.failed + outcome.folds.failed,
        },
      },
    });
  }
  return state;
}

async function windowOutcome(job: Job, id: string, from: number, to: number) {
  const values = await childValues(job);
  if (values.has(id)) return windowResult.parse(values.get(id));
  if ((await childFailures(job)).has(id)) {
    return { trials: { finished: 0, failed: to - from }, folds: { finished: 0, failed: 0 } };
  }
  const { unprocessed = [] } = await job.getDependencies({ unprocessed: { count: 10 } });
  return unprocessed.some((key) => key.endsWith(`:${id}`)) ? 'under way' : 'absent';
}

async function refit(state: SearchPayload, job: Job, token: string, deps: Deps): Promise<void> {
  const { context, progress } = state;
  const id = refitJobId(context.searchId);
  const settled = async (): Promise<boolean> =>
    (await childValues(job)).has(id) || (await childFailures(job)).has(id);
  if (!(await settled())) {
    const best = progress.best!;
    const data: RefitPayload = {
      kind: 'refit',
      context,
      configuration: best.configuration,
      trialRunId: best.runId,
      modelName: state.registeredModel,
      epochs: best.epochs,
    };
    await deps.folds.add('refit', data, {
      jobId: id,
      parent: { id: job.id!, queue: job.queueQualifiedName },
      attempts: state.retries + 1,
      backoff: { type: 'exponential', delay: 1000 },
      ignoreDependencyOnFailure: true,
      removeOnComplete: true,
      removeOnFail: true,
    });
    await waitForChildren(job, token);
  }
  const failure = (await childFailures(job)).get(id);
  if (failure !== undefined) throw new SearchFailure(`the refit of the winner failed: ${failure}`);
}

async function register(state: SearchPayload, job: Job, deps: Deps): Promise<SearchResult> {
  const { context, progress } = state;
  const best = progress.best!;
  const refitted = refitResult.parse((await childValues(job)).get(refitJobId(context.searchId)));
  await writeResults(state, refitted, deps);
  const registered = await registerModel(state, refitted, deps);
  await deps.tracking.logBatch(context.parentRunId, {
    metrics: trainingMetrics(refitted, context.objective.metric),
    tags: {
      [TAGS.bestChild]: best.runId,
      [TAGS.refitRun]: refitted.runId,
      [TAGS.engine]: refitted.engine,
      [TAGS.processes]: String(refitted.processes),
      [TAGS.threads]: String(refitted.threads),
      [TAGS.registered]: `${registered.name}/${registered.version}`,
    },
  });
  await deps.tracking.updateRun(context.parentRunId, { status: 'FINISHED', endTime: Date.now() });
  return {
    status: 'FINISHED',
    finishedAt: Date.now(),
    trials: progress.trials,
    folds: progress.folds,
    engine: refitted.engine,
    best: { childRunId: best.runId, configuration: best.configuration, mean: best.mean, std: best.std },
    refit: { runId: refitted.runId, testMetrics: refitted.testMetrics },
    registered,
  };
}

/** As scikit-learn's autologging has them on the parent: the winner on its own training rows. */
function trainingMetrics({ trainingMetrics: values, finishedAt }: RefitResult, metric: MetricName) {
  const all = { ...values, score: values[metric] ?? null };
  return Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [{ key: `training_${name}`, value, timestamp: finishedAt, step: 0 }],
  );
}

/** Ends the parent run as failed, with the reason; the job itself completes, so the outcome can be read from it. */
export async function failSearch(
  search: SearchPayload,
  reason: string,
  { tracking }: Pick<Deps, 'tracking'>,
): Promise<SearchResult> {
  const { parentRunId } = search.context;
  await tracking.logBatch(parentRunId, { tags: { [TAGS.failure]: reason } });
  await tracking.updateRun(parentRunId, { status: 'FAILED', endTime: Date.now() });
  return {
    status: 'FAILED',
    reason,
    finishedAt: Date.now(),
    trials: search.progress.trials,
    folds: search.progress.folds,
  };
}
