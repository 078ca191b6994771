/** What nested cross-validation is for: the estimate of the search as a whole, from the child runs, page by page. */
import {
  innerMeanName,
  NESTED_FILE,
  type NestedResult,
  type SearchPayload,
  scoredFolds,
  scoreName,
} from '../../queue/index.js';
import { type NestedTrial, nestedEstimate, optimismOf, pickNested } from '../../review/analysis/index.js';
import type { Run, TrackingClient } from '../../tracking/client/index.js';
import { childRuns, configurationOf, indexOf } from './child-runs.js';

/** Writes the estimate on the parent run, and beside it whom each outer fold picked. May be repeated. */
export async function writeNested(
  { context, progress }: SearchPayload,
  timestamp: number,
  tracking: TrackingClient,
): Promise<void> {
  const outer = scoredFolds(context);
  if (outer === context.folds) return;
  const { metric, direction } = context.objective;
  // Of the runs only those are kept that are picked so far.
  let picks: (NestedTrial & { readonly run: Run })[] = [];
  for await (const run of childRuns(context, tracking)) {
    const read = (nameOf: (fold: number) => string): number[] =>
      Array.from({ length: outer }, (_, fold) => run.metrics[nameOf(fold)] ?? Number.NaN);
    const scores = { inner: read(innerMeanName), outer: read((fold) => scoreName(context, fold)) };
    // A trial that is not complete can't be picked: it has no means.
    if ([...scores.inner, ...scores.outer].some(Number.isNaN)) continue;
    picks = pickNested(picks, { index: indexOf(run), ...scores, run }, direction);
  }
  if (picks.length === 0) return;
  const { mean, std } = nestedEstimate(picks);
  const result: NestedResult = {
    metric,
    mean,
    std,
    optimism: optimismOf(progress.best!.mean, mean, direction),
    picks: picks.map(({ run, inner, outer }, outerFold) => ({
      outerFold,
      childRunId: run.info.runId,
      configuration: configurationOf(run),
      innerMean: inner[outerFold]!,
      score: outer[outerFold]!,
    })),
  };
  const parent = await tracking.getRun(context.parentRunId);
  await tracking.uploadArtifact(parent, NESTED_FILE, Buffer.from(`${JSON.stringify(result, null, 2)}\n`));
  const metrics = {
    nested_mean_test_score: mean,
    nested_std_test_score: std,
    nested_optimism: result.optimism,
  };
  // Last, as they say that the file is there.
  await tracking.logBatch(context.parentRunId, {
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 })),
  });
}
