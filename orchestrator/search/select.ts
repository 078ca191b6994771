/**
 * Selection of the winner and the table of all trials, both read back from tracking page by page: of a trial nothing
 * but its score and its rank is kept in memory.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
import { configurationAt, configurationCount } from '../space/index.js';
import { cvResultsCsv, rankScores, type TrialRow } from './cv-results.js';
import type { Deps } from './orchestrator.js';
import { writingRanks } from './ranks.js';

/** The search's child runs in the order asked for. */
function childRuns(
  context: SearchContext,
  tracking: Deps['tracking'],
  orderBy: string,
  pageSize = 1000,
): AsyncIterable<Run> {
  return tracking.searchRuns({
    experimentIds: [context.experimentId],
    filter: `${tagIs(PARENT_RUN_TAG, context.parentRunId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
    orderBy: [orderBy],
    maxResults: pageSize,
  });
}

const indexOf = (run: Run): number => Number(run.tags[TAGS.index]);

/** The best finished trial; of equal means the one that comes first in the grid, whatever order they ended in. */
export async function selectBest(
  search: SearchPayload,
  { tracking }: Deps,
): Promise<SearchPayload['progress']['best']> {
  const { context } = search;
  // Best first; a failed one has no mean and comes last.
  const order = `metrics.mean_test_score ${context.objective.direction === 'maximize' ? 'DESC' : 'ASC'}`;
  let best: Run | undefined;
  // Mostly the first one, or the first few that are equally good.
  for await (const run of childRuns(context, tracking, order, 10)) {
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
  const parent = await tracking.getRun(context.parentRunId);
  const refitRun = await tracking.getRun(refit.runId);
  const space = await tracking.downloadArtifact(parent, 'search-space.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'gridsearch-'));
  try {
    await writeCvResults(search, join(folder, 'cv_results.csv'), refit.finishedAt, tracking);
    for (const run of [parent, refitRun]) await tracking.uploadFolder(run, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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

const OLDEST_FIRST = 'attributes.start_time ASC';

/** Two passes over the child runs: the ranks need all scores, and a line needs its rank, as its child run does. */
async function writeCvResults(
  search: SearchPayload,
  file: string,
  timestamp: number,
  tracking: Deps['tracking'],
): Promise<void> {
  const { context, models } = search;
  const scores = new Float64Array(configurationCount(search)).fill(Number.NaN);
  for await (const run of childRuns(context, tracking, OLDEST_FIRST)) {
    scores[indexOf(run)] = run.metrics.mean_test_score ?? Number.NaN;
  }
  const ranks = rankScores(scores, context.objective);
  const table = {
    parameters: [...new Set(models.flatMap(({ axes }) => axes.map(({ parameter }) => parameter)))],
    splits: foldCount(context.cross_validation),
    ranks,
  };
  const runs = writingRanks(
    childRuns(context, tracking, OLDEST_FIRST),
    (run) => ranks[indexOf(run)]!,
    timestamp,
    tracking,
  );
  const lines = cvResultsCsv(gridOrder(search, runs), table);
  await pipeline(Readable.from(lines), createWriteStream(file));
}

/**
 * Trials in the order of the grid. Tags are text and don't sort as numbers do, but windows follow each other in time,
 * so it is enough to put those of one window in order.
 */
async function* gridOrder(search: SearchPayload, oldestFirst: AsyncIterable<Run>): AsyncGenerator<TrialRow> {
  let window: Run[] = [];
  const rows = (): TrialRow[] =>
    window
      .sort((a, b) => indexOf(a) - indexOf(b))
      .map((run) => ({ configuration: configurationAt(search, indexOf(run)), metrics: run.metrics }));
  for await (const run of oldestFirst) {
    if (window.length > 0 && run.tags[TAGS.window] !== window[0]!.tags[TAGS.window]) {
      yield* rows();
      window = [];
    }
    window.push(run);
  }
  yield* rows();
}
