/** The search job: one call carries the search as far as it gets until it has to wait for children. */
import type { Job } from 'bullmq';
import {
  childFailures,
  childValues,
  mustHold,
  placeJobs,
  type RefitPayload,
  type RefitResult,
  readResult,
  refitJobId,
  refitResult,
  type SearchPayload,
  type SearchResult,
  sealData,
  trainingJob,
} from '../../queue/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { holdAgainstBaselines } from './baselines.js';
import { keepUsedTime } from './budget.js';
import { describeCut, dropLeftFolds } from './cut.js';
import type { Deps } from './deps.js';
import { queueLooks } from './look.js';
import { planAll, save, waitForChildren } from './plan.js';
import { knownRefit } from './rebuild.js';
import { reconcileRuns, reconcileVersions, sweepOpenRuns } from './reconcile.js';
import { registerModel } from './register.js';
import { writeNested } from './write-nested.js';
import { writeReport } from './write-report.js';
import { writeResults } from './write-results.js';

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
    if (state.progress.step === 'plan') {
      state = await planAll(state, job, token, deps);
      await mustHold(deps.redis, job, token);
      await keepUsedTime(state, deps);
      if (state.progress.best === undefined) {
        const cut = describeCut(state);
        if (cut !== undefined) throw new SearchFailure(`${cut}, none of them complete`);
        const { failed, pruned } = state.progress.trials;
        // Those that the failed ones had outrun were pruned.
        const whose =
          pruned === 0 ? `all ${failed} trials failed` : `${failed} trials failed, ${pruned} were pruned`;
        throw new SearchFailure(`${whose}; the reason is in tag ${TAGS.failure} of each child run`);
      }
      state = await save({ ...state, progress: { ...state.progress, step: 'refit' } }, job, token, deps);
    }
    if (state.progress.step === 'refit') {
      await refit(state, job, token, deps);
      state = await save({ ...state, progress: { ...state.progress, step: 'register' } }, job, token, deps);
    }
    return await register(state, job, token, deps);
  } catch (error) {
    if (!(error instanceof SearchFailure)) throw error;
    await mustHold(deps.redis, job, token);
    if (state.progress.cut !== undefined) await dropLeftFolds(state.context, deps);
    await sweepOpenRuns(state.context, deps.tracking);
    await queueLooks(idsOf(state), deps);
    return failSearch(state, error.message, deps);
  }
}

async function refit(state: SearchPayload, job: Job, token: string, deps: Deps): Promise<void> {
  const { context, progress } = state;
  const id = refitJobId(context.searchId);
  const settled = async (): Promise<boolean> =>
    (await childValues(job)).has(id) || (await childFailures(job)).has(id);
  if (!(await settled())) {
    const best = progress.best!;
    if (context.rebuilt && (await knownRefit(context, best.runId, deps.tracking))) return;
    const data: RefitPayload = {
      kind: 'refit',
      context,
      configuration: best.configuration,
      trialRunId: best.runId,
      modelName: state.registeredModel,
      epochs: best.epochs,
      baseline: state.baseline,
    };
    await mustHold(deps.redis, job, token);
    await deps.folds.add('refit', sealData(id, data), {
      ...trainingJob(state.retries),
      jobId: id,
      parent: { id: job.id!, queue: job.queueQualifiedName },
    });
    await placeJobs(deps.redis, context.searchId, [id]);
    await waitForChildren(job, token);
  }
  const failure = (await childFailures(job)).get(id);
  if (failure !== undefined) throw new SearchFailure(`the refit of the winner failed: ${failure}`);
}

async function register(state: SearchPayload, job: Job, token: string, deps: Deps): Promise<SearchResult> {
  const { context, progress } = state;
  const { tracking } = deps;
  const best = progress.best!;
  const value = (await childValues(job)).get(refitJobId(context.searchId));
  const refitted =
    value === undefined && context.rebuilt
      ? await knownRefit(context, best.runId, tracking)
      : readResult(refitJobId(context.searchId), value, refitResult);
  if (refitted === undefined) throw new SearchFailure('the refit of the winner is no longer in tracking');
  await mustHold(deps.redis, job, token);
  if (progress.cut !== undefined) await dropLeftFolds(context, deps);
  await reconcileRuns(context, tracking, state.reuse?.from !== undefined);
  await writeResults(state, refitted, deps);
  await writeNested(state, refitted.finishedAt, tracking);
  await mustHold(deps.redis, job, token);
  await holdAgainstBaselines(state, best, refitted, tracking);
  const registered = await registerModel(state, refitted, deps, () => mustHold(deps.redis, job, token));
  await mustHold(deps.redis, job, token);
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
  await writeReport(context.parentRunId, deps);
  await deps.tracking.updateRun(context.parentRunId, { status: 'FINISHED', endTime: Date.now() });
  // Once more: what was on its way may have landed by now, or lands in a moment.
  await sweepOpenRuns(context, tracking);
  const { name, version } = registered;
  const made = { name, version, runId: refitted.runId };
  await reconcileVersions(context, made, tracking);
  await queueLooks({ ...idsOf(state), registered: made }, deps);
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
function trainingMetrics({ trainingMetrics: values, finishedAt }: RefitResult, metric: string) {
  const all = { ...values, score: values[metric] ?? null };
  return Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [{ key: `training_${name}`, value, timestamp: finishedAt, step: 0 }],
  );
}

const idsOf = ({ context: { searchId, experimentId, parentRunId } }: SearchPayload) => ({
  searchId,
  experimentId,
  parentRunId,
});

/** Ends the parent run as failed, with the reason; the job itself completes, so the outcome can be read from it. */
export async function failSearch(
  { context, progress }: SearchPayload,
  reason: string,
  { tracking }: Pick<Deps, 'tracking'>,
): Promise<SearchResult> {
  await tracking.failRun(context.parentRunId, reason);
  return {
    status: 'FAILED',
    reason,
    finishedAt: Date.now(),
    trials: progress.trials,
    folds: progress.folds,
  };
}
