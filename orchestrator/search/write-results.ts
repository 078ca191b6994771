/**
 * What a search leaves beside its model: the table of all trials, read back from tracking page by page (of a trial of
 * many nothing but its score and its rank is kept in memory), and scikit-learn's words for the best of them.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RefitResult, type SearchPayload, scoredFolds } from '../../queue/index.js';
import { rankScores } from '../../review/analysis/index.js';
import { besideOthers, type Run, TAGS } from '../../tracking/client/index.js';
import { childRuns, configurationOf, indexOf } from './child-runs.js';
import { csv, cvRecords, type TrialRow } from './cv-results.js';
import type { Deps } from './deps.js';
import { writingRanks } from './write-ranks.js';

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
    params: besideOthers(
      Object.fromEntries(
        Object.entries({ model: best.configuration.model, ...best.configuration.parameters }).map(
          ([name, value]) => [`best_${name}`, value],
        ),
      ),
      parent.params,
    ),
  });
}

/** Of so few trials the runs are kept in memory, and read once. */
const FEW_TRIALS = 1000;

/** Two passes over the child runs: the ranks need all scores, and a line needs its rank, as its child run does. */
async function writeCvResults(
  search: SearchPayload,
  file: string,
  timestamp: number,
  tracking: Deps['tracking'],
): Promise<void> {
  const { context, models } = search;
  const scores = new Float64Array(search.total).fill(Number.NaN);
  const settled = new Uint8Array(search.total);
  const kept: Run[] = [];
  for await (const run of childRuns(context, tracking)) {
    if (search.total <= FEW_TRIALS) kept.push(run);
    if (!isSettled(run) || settled[indexOf(run)] === 1) continue;
    settled[indexOf(run)] = 1;
    scores[indexOf(run)] = run.metrics.mean_test_score ?? Number.NaN;
  }
  const ranks = rankScores(scores, context.objective.direction);
  const table = {
    parameters: [...new Set(models.flatMap(({ axes }) => axes.map(({ parameter }) => parameter)))],
    splits: scoredFolds(context),
    ranks,
  };
  const again = search.total <= FEW_TRIALS ? kept : childRuns(context, tracking);
  const trials = oneOfEach(again, settled);
  const runs = writingRanks(trials, (run) => ranks[indexOf(run)]!, timestamp, tracking);
  await pipeline(Readable.from(cvRecords(inOrder(runs), table)), csv(), createWriteStream(file));
}

/** Whether how its trial ended stands on it. */
const isSettled = ({ tags }: Run): boolean => tags[TAGS.outcome] !== undefined;

/**
 * One run of each trial. A creation that a gateway gave up on may land any time, also now that such runs were looked for and deleted: it
 * leaves a second one, which nobody ever settles.
 *
 * @param settled - Of which trials there is a settled run, by index.
 */
async function* oneOfEach(
  runs: AsyncIterable<Run> | Iterable<Run>,
  settled: Uint8Array,
): AsyncGenerator<Run> {
  const given = new Uint8Array(settled.length);
  for await (const run of runs) {
    const index = indexOf(run);
    if (given[index] === 1 || (settled[index] === 1 && !isSettled(run))) continue;
    given[index] = 1;
    yield run;
  }
}

/**
 * Trials in the order of proposal. Tags are text and don't sort as numbers do, but windows follow each other in time,
 * so it is enough to put those of one window in order.
 */
async function* inOrder(oldestFirst: AsyncIterable<Run>): AsyncGenerator<TrialRow> {
  let window: Run[] = [];
  const rows = (): TrialRow[] =>
    window
      .sort((a, b) => indexOf(a) - indexOf(b))
      .map((run) => ({ configuration: configurationOf(run), metrics: run.metrics }));
  for await (const run of oldestFirst) {
    if (window.length > 0 && run.tags[TAGS.window] !== window[0]!.tags[TAGS.window]) {
      yield* rows();
      window = [];
    }
    window.push(run);
  }
  yield* rows();
}
