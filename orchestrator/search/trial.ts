/** The trial job: its folds have ended; write mean and standard deviation on its child run. */
import type { Job } from 'bullmq';
import {
  type FoldResult,
  foldCount,
  foldJobId,
  foldResult,
  TAGS,
  type TrialPayload,
  type TrialResult,
  tagIs,
} from '../../queue/index.js';
import { childFailures, childValues } from './children.js';
import type { Deps } from './orchestrator.js';

/**
 * Aggregates as scikit-learn's `cv_results_` does: population standard deviation, one `split{i}_test_score` per fold.
 * A trial with a failed fold fails: a mean over fewer folds is not comparable.
 */
export async function finishTrial(payload: TrialPayload, job: Job, deps: Deps): Promise<TrialResult> {
  const { context, configuration, runId } = payload;
  const values = await childValues(job);
  const failures = await childFailures(job);
  const folds = new Map<number, FoldResult>();
  const reasons: string[] = [];
  const n = foldCount(context.cross_validation);
  for (let fold = 0; fold < n; fold++) {
    const id = foldJobId(context.searchId, configuration, fold);
    if (values.has(id)) folds.set(fold, foldResult.parse(values.get(id)));
    else {
      reasons.push(`fold ${fold}: ${failures.get(id) ?? 'lost'}`);
      await failFoldRun(context.experimentId, id, failures.get(id) ?? 'lost', deps);
    }
  }
  const done = [...folds.values()];
  const unscored = done.filter((fold) => fold.score === null).length;
  if (unscored > 0) reasons.push(`${unscored} of ${n} folds have no ${context.objective.metric}`);

  // The time of the last fold, not of this attempt: writing twice then writes the same points.
  const endTime = Math.max(job.timestamp, ...done.map((fold) => fold.finishedAt));
  const finished = reasons.length === 0;
  await deps.tracking.logBatch(runId, {
    metrics: Object.entries(trialMetrics(folds, finished)).map(([key, value]) => ({
      key,
      value,
      timestamp: endTime,
      step: 0,
    })),
    tags: finished
      ? { [TAGS.engine]: done[0]!.engine }
      : { [TAGS.failure]: reasons.join('; ').slice(0, 4000) },
  });
  await deps.tracking.updateRun(runId, { status: finished ? 'FINISHED' : 'FAILED', endTime });
  return { finished, foldsFinished: folds.size, foldsFailed: n - folds.size };
}

/** A fold whose process was killed at its last attempt could not close its own run. */
async function failFoldRun(experimentId: string, jobId: string, reason: string, deps: Deps): Promise<void> {
  const filter = tagIs(TAGS.jobId, jobId);
  for await (const run of deps.tracking.searchRuns({ experimentIds: [experimentId], filter })) {
    if (run.info.status !== 'RUNNING' && run.info.status !== 'SCHEDULED') continue;
    await deps.tracking.logBatch(run.info.runId, { tags: { [TAGS.failure]: reason.slice(0, 4000) } });
    await deps.tracking.updateRun(run.info.runId, { status: 'FAILED', endTime: Date.now() });
  }
}

/** Mean and population standard deviation. */
export function meanAndStd(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}

function trialMetrics(byIndex: ReadonlyMap<number, FoldResult>, finished: boolean): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [i, fold] of byIndex) {
    if (fold.score !== null) metrics[`split${i}_test_score`] = fold.score;
  }
  if (!finished) return metrics;
  const folds = [...byIndex.values()];
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
