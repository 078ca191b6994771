/** The trial job: its folds have ended; write mean and standard deviation on its child run. */
import type { Job } from 'bullmq';
import {
  childFailures,
  childValues,
  foldJobId,
  foldResult,
  innerMeanName,
  NotHeldError,
  readResult,
  scoredFolds,
  scoreName,
  standingOf,
  type TrialPayload,
  type TrialResult,
  trialJobId,
  trialResult,
} from '../../queue/index.js';
import { innerMeansOf, meanAndStd } from '../../review/analysis/index.js';
import { TAGS, tagIs } from '../../tracking/client/index.js';
import type { Deps } from './deps.js';
import { type FoldEnding, finishedFolds, trialOutcome } from './outcome.js';

/** Aggregates as scikit-learn's `cv_results_` does: population standard deviation, one `split{i}_test_score` per fold. */
export async function finishTrial(
  payload: TrialPayload,
  job: Job,
  token: string,
  deps: Deps,
): Promise<TrialResult> {
  const { context, configuration, runId } = payload;
  const { tracking } = deps;
  const endings = await foldEndings(payload, job);
  // What was read of its folds is only true if the job is still there for this process: they leave Redis with it.
  const standing = await standingOf(deps.redis, job, token, { waits: context.searchId, on: payload.window });
  if (standing.kind === 'lost') throw new NotHeldError(job.id);
  if (standing.kind === 'settled') return settledBefore(standing, payload);
  await closeFoldRuns(payload, endings, deps);
  const scored = scoredFolds(context);
  const outcome = trialOutcome(endings, context.objective, payload.stop, scored);
  const done = finishedFolds(endings);
  // The time of the last fold, not of this attempt: writing twice then writes the same points.
  const endTime = Math.max(job.timestamp, ...done.map((fold) => fold.finishedAt));
  const metrics = Object.entries({
    ...splitScores(context, endings),
    ...(outcome.kind === 'complete' && meansOver(endings.slice(0, scored))),
    ...(outcome.kind === 'complete' && innerMeans(context, endings)),
  }).map(([key, value]) => ({ key, value, timestamp: endTime, step: 0 }));
  if (outcome.kind === 'failed') {
    await tracking.logBatch(runId, { metrics });
    await tracking.failRun(runId, outcome.reason, endTime);
  } else {
    const tags = {
      [TAGS.outcome]: outcome.kind,
      ...(outcome.kind === 'pruned' && {
        [TAGS.pruned]: outcome.reason,
        [TAGS.pruningEvidence]: JSON.stringify(payload.stop),
      }),
      [TAGS.foldRuns]: JSON.stringify(done.map((fold) => fold.runId)),
      ...(done[0] && { [TAGS.engine]: done[0].engine }),
    };
    await tracking.finishRun(runId, { metrics, tags }, endTime);
  }
  return {
    runId,
    configuration,
    outcome,
    folds: {
      finished: done.length,
      failed: endings.length - done.length,
      spared: context.folds - endings.length,
    },
  };
}

/** How each fold ended, in their order. */
async function foldEndings(
  { context, configuration, known = [], failed = [], given = context.folds }: TrialPayload,
  job: Job,
): Promise<FoldEnding[]> {
  const values = await childValues(job);
  const failures = await childFailures(job);
  const before = new Map<number, FoldEnding>([
    ...known.map(({ fold, result }) => [fold, result] as const),
    ...failed.map(({ fold, reason }) => [fold, { reason }] as const),
  ]);
  return Array.from({ length: given }, (_, fold) => {
    const id = foldJobId(context.searchId, configuration, fold);
    if (values.has(id)) return readResult(id, values.get(id), foldResult);
    return before.get(fold) ?? { reason: failures.get(id) ?? 'lost' };
  });
}

/** Closes the runs of folds that failed, where they could not. */
async function closeFoldRuns(
  { context, configuration }: TrialPayload,
  endings: readonly FoldEnding[],
  deps: Deps,
): Promise<void> {
  for (const [fold, ending] of endings.entries()) {
    if (!('reason' in ending)) continue;
    const id = foldJobId(context.searchId, configuration, fold);
    await failFoldRun(context.experimentId, id, ending.reason, deps);
  }
}

/** A job that came back after its end ends as it did. */
function settledBefore(
  { value, reason = '' }: { value?: string; reason?: string },
  { runId, configuration, context }: TrialPayload,
): TrialResult {
  const jobId = trialJobId(context.searchId, configuration);
  if (value !== undefined) return readResult(jobId, JSON.parse(value), trialResult);
  const folds = { finished: 0, failed: context.folds, spared: 0 };
  return { runId, configuration, outcome: { kind: 'failed', reason }, folds };
}

/** A fold whose process was killed at its last attempt could not close its own run. */
async function failFoldRun(
  experimentId: string,
  jobId: string,
  reason: string,
  { tracking }: Deps,
): Promise<void> {
  const filter = tagIs(TAGS.jobId, jobId);
  for await (const run of tracking.searchRuns({ experimentIds: [experimentId], filter })) {
    if (run.info.status !== 'RUNNING' && run.info.status !== 'SCHEDULED') continue;
    await tracking.failRun(run.info.runId, reason);
  }
}

function splitScores(
  context: TrialPayload['context'],
  endings: readonly FoldEnding[],
): Record<string, number> {
  const metrics: Record<string, number> = {};
  endings.forEach((ending, fold) => {
    if ('reason' in ending) return;
    for (const { epoch, score } of ending.rungs ?? []) metrics[`split${fold}_epoch${epoch}_score`] = score;
    // What a fold has that was stopped is no score of the trial's.
    if (ending.score !== null && ending.stop === undefined) metrics[scoreName(context, fold)] = ending.score;
  });
  return metrics;
}

/** Of nested cross-validation: by what it would have been picked for each outer fold. */
function innerMeans(
  context: TrialPayload['context'],
  endings: readonly FoldEnding[],
): Record<string, number> {
  const scores = finishedFolds(endings).map(({ score }) => score!);
  const means = innerMeansOf(scores, scoredFolds(context));
  return Object.fromEntries(means.map((mean, outer) => [innerMeanName(outer), mean]));
}

/** Means and deviations over the folds that score a complete trial. */
function meansOver(endings: readonly FoldEnding[]): Record<string, number> {
  const folds = finishedFolds(endings);
  const metrics: Record<string, number> = {};
  const add = (name: string, values: readonly number[]): void => {
    const { mean, std } = meanAndStd(values);
    metrics[`mean_${name}`] = mean;
    metrics[`std_${name}`] = std;
  };
  add(
    'test_score',
    folds.map((fold) => fold.score!),
  );
  add(
    'fit_time',
    folds.map((fold) => fold.fitSeconds),
  );
  add(
    'score_time',
    folds.map((fold) => fold.scoreSeconds),
  );
  for (const name of Object.keys(folds[0]!.metrics)) {
    const values = folds.map((fold) => fold.metrics[name] ?? Number.NaN);
    if (values.every(Number.isFinite)) add(name, values);
  }
  // Epochs whose weights were kept; the refit, which has no rows to stop early on, trains for their mean.
  metrics.mean_best_epochs = meanAndStd(folds.map((fold) => fold.bestEpoch)).mean;
  return metrics;
}
