/** Trials side by side, of one search or of several. */
import { ROLE, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import { confusionOf, type ScoreCurves, scoreCurves } from '../analysis/index.js';
import { nameOf } from './columns.js';
import { findRun } from './find-run.js';
import {
  compareRows,
  type FoldPredictions,
  predictedOf,
  type RowComparison,
  readPredictions,
} from './predictions.js';
import { type Curves, readRun } from './run-detail.js';
import type { TrialSummary } from './runs.js';
import { type SearchSummary, UnknownSearchError } from './searches.js';
import { foldsOf } from './trials.js';

/** Trials that can be told apart on one screen. */
export const MOST_COMPARED = 20;

export interface ComparedTrial {
  readonly search: SearchSummary;
  readonly trial: TrialSummary;
  readonly name: string;
  /** Scores of the objective by fold; undefined for one that has none. */
  readonly folds: readonly (number | undefined)[];
  readonly curves: readonly Curves[];
  /** Of the refit, where it was the winner. */
  readonly refit: { readonly runId: string; readonly metrics: Readonly<Record<string, number>> } | undefined;
  /** Over the validation rows of the first round of folds; undefined where they were not recorded. */
  readonly rows: PredictedRows | undefined;
  /** Held against the first by the same rows; undefined where that can't be done. */
  readonly againstFirst: RowComparison | undefined;
}

export interface PredictedRows {
  readonly classes: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  /** By class; with two, of the second alone. */
  readonly curves: readonly (ScoreCurves & { readonly name: string })[];
}

/**
 * Reads trials by the ids of their runs.
 *
 * @throws UnknownSearchError when one of them is no trial's, or there are too few or too many
 */
export async function readCompared(
  client: TrackingClient,
  runIds: readonly string[],
): Promise<ComparedTrial[]> {
  const asked = [...new Set(runIds)];
  if (asked.length < 2 || asked.length > MOST_COMPARED)
    throw new UnknownSearchError(`2 to ${MOST_COMPARED} configurations can be compared, not ${asked.length}`);
  const read = await Promise.all(asked.map((runId) => readOne(client, runId)));
  const first = read[0]!.predictions;
  return read.map(({ predictions, ...one }, i) => ({
    ...one,
    rows: rowsOf(predictions),
    againstFirst: i === 0 ? undefined : compareRows(first, predictions),
  }));
}

async function readOne(client: TrackingClient, runId: string) {
  const found = await findRun(client, runId);
  if (found === undefined || found.fold !== undefined)
    throw new UnknownSearchError(
      `run "${runId}" is no configuration's; pin rows of a search's table to compare them`,
    );
  const { search, trial } = found;
  const [all, { curves }, refits] = await Promise.all([
    foldsOf(client, search, trial),
    readRun(client, runId),
    client.searchRunsPage({
      experimentIds: [search.experimentId],
      filter: `${tagIs(TAGS.parentRunId, runId)} and ${tagIs(TAGS.role, ROLE.refit)}`,
      maxResults: 1,
    }),
  ]);
  const folds = all.filter(({ inner }) => inner === undefined);
  const round = folds.slice(0, Number(search.params.n_splits) || folds.length);
  const refit = refits.runs[0];
  return {
    search,
    trial,
    name: nameOf(trial),
    folds: folds.map(({ metrics }) => metrics.score),
    curves,
    refit: refit && { runId: refit.info.runId, metrics: refit.metrics },
    predictions: await Promise.all(round.map((fold) => readPredictions(client, fold.runId))),
  };
}

function rowsOf(folds: readonly (FoldPredictions | undefined)[]): PredictedRows | undefined {
  const known = folds.filter((fold) => fold !== undefined);
  const classes = known[0]?.classes;
  if (classes === undefined || known.length < folds.length) return undefined;
  const labels = known.flatMap((fold) => fold.labels);
  const predicted = known.flatMap((fold) => predictedOf(fold));
  const drawn = classes.length === 2 ? [1] : classes.map((_, index) => index);
  return {
    classes,
    confusion: confusionOf(labels, predicted, classes.length),
    curves: drawn.map((index) => {
      const scores = known.flatMap((fold) => fold.probabilities[index]!.map((one) => one ?? 0));
      return { name: classes[index]!, ...scoreCurves(scores, (row) => labels[row] === index) };
    }),
  };
}
