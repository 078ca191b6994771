/** Selection of the winner and the table of all trials, both read back from tracking: nothing is kept in memory. */
import {
  foldCount,
  PARENT_RUN_TAG,
  type RefitResult,
  ROLE,
  type SearchContext,
  type SearchPayload,
  TAGS,
  tagIs,
} from '../../queue/index.js';
import type { Run } from '../../tracking/client/index.js';
import { configurationAt } from '../space/index.js';
import { cvResultsCsv, type TrialRow } from './cv-results.js';
import type { Deps } from './orchestrator.js';

/** The search's child runs, best first; a failed one has no mean and comes last. */
export function rankedChildren(context: SearchContext, tracking: Deps['tracking']): AsyncIterable<Run> {
  return tracking.searchRuns({
    experimentIds: [context.experimentId],
    filter: `${tagIs(PARENT_RUN_TAG, context.parentRunId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
    orderBy: [`metrics.mean_test_score ${context.objective.direction === 'maximize' ? 'DESC' : 'ASC'}`],
  });
}

const indexOf = (run: Run): number => Number(run.tags[TAGS.index]);

/** The best finished trial; of equal means the one that comes first in the grid, whatever order they ended in. */
export async function selectBest(
  search: SearchPayload,
  { tracking }: Deps,
): Promise<SearchPayload['progress']['best']> {
  let best: Run | undefined;
  for await (const run of rankedChildren(search.context, tracking)) {
    if (run.info.status !== 'FINISHED') continue;
    if (best === undefined) best = run;
    else if (run.metrics.mean_test_score !== best.metrics.mean_test_score) break;
    else if (indexOf(run) < indexOf(best)) best = run;
  }
  if (best === undefined) return undefined;
  const { metrics } = best;
  return {
    runId: best.info.runId,
    configuration: configurationAt(search, indexOf(best)),
    mean: metrics.mean_test_score!,
    std: metrics.std_test_score!,
    epochs: Math.max(1, Math.round(metrics.mean_best_epochs!)),
  };
}

/**
 * Writes `cv_results.csv` and the search space on the refit run and the parent, and scikit-learn autologging's
 * `best_*` parameters and score on the parent.
 */
export async function writeResults(search: SearchPayload, refit: RefitResult, deps: Deps): Promise<void> {
  const { context } = search;
  const { tracking } = deps;
  const best = search.progress.best!;
  const rows: TrialRow[] = [];
  for await (const run of rankedChildren(context, tracking)) {
    rows.push({ configuration: configurationAt(search, indexOf(run)), metrics: run.metrics });
  }
  rows.sort((a, b) => a.configuration.index - b.configuration.index);
  const csv = cvResultsCsv(rows, foldCount(context.cross_validation), context.objective);
  const parent = await tracking.getRun(context.parentRunId);
  const refitRun = await tracking.getRun(refit.runId);
  const space = await tracking.downloadArtifact(parent, 'search-space.yaml');
  for (const run of [parent, refitRun])
    await tracking.uploadArtifact(run, 'cv_results.csv', Buffer.from(csv));
  await tracking.uploadArtifact(refitRun, 'search-space.yaml', space);

  const timestamp = refit.finishedAt;
  const metrics: Record<string, number> = { best_cv_score: best.mean, best_cv_std: best.std };
  for (const [name, value] of Object.entries(refit.testMetrics)) {
    if (value !== null) metrics[`test_${name}`] = value;
  }
  await tracking.logBatch(context.parentRunId, {
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 })),
    params: Object.fromEntries(
      Object.entries({ model: best.configuration.model, ...best.configuration.parameters }).map(
        ([name, value]) => [`best_${name}`, value],
      ),
    ),
  });
}
