/** What models said of their validation rows, where their fold runs kept it. */
import { z } from 'zod';
import { isNotFound, type TrackingClient } from '../../tracking/client/index.js';
import { mcnemar } from '../analysis/index.js';
import { sourceOf, type TrialSummary } from './runs.js';
import type { SearchSummary } from './searches.js';
import { foldsOf } from './trials.js';

/** As a fold run keeps it. */
export const FOLD_PREDICTIONS = 'evaluation/predictions.json';

const whole = z.array(z.int().min(0));
const kept = z
  .object({
    classes: z.array(z.string()).min(1),
    rows: whole,
    /** Places in the classes. */
    labels: whole,
    /** A list for each class; null for one that is no number. */
    probabilities: z.array(z.array(z.number().nullable())),
  })
  .refine(
    ({ classes, rows, labels, probabilities }) =>
      probabilities.length === classes.length &&
      [labels, ...probabilities].every(({ length }) => length === rows.length),
    'columns of different lengths',
  );
export type FoldPredictions = z.infer<typeof kept>;

/** @returns undefined when they were not recorded, or can't be read */
export async function readPredictions(
  client: TrackingClient,
  foldRunId: string,
): Promise<FoldPredictions | undefined> {
  try {
    const run = await sourceOf(client, await client.getRun(foldRunId));
    if (run === undefined) return undefined;
    const file = await client.downloadArtifact(run, FOLD_PREDICTIONS);
    return kept.parse(JSON.parse(file.toString('utf8')));
  } catch (error) {
    // What lies there may be anybody's.
    if (isNotFound(error) || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Places of the most probable classes: the first of equal ones. */
export const predictedOf = ({ rows, probabilities }: FoldPredictions): number[] =>
  rows.map((_, row) =>
    probabilities.reduce(
      (best, column, index) =>
        (column[row] ?? Number.NEGATIVE_INFINITY) > (probabilities[best]![row] ?? Number.NEGATIVE_INFINITY)
          ? index
          : best,
      0,
    ),
  );

/** Two trials held against each other row by row. */
export interface RowComparison {
  readonly rows: number;
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** McNemar's exact test of both sides. */
  readonly p: number;
  /** Places in the dataset on which they differ. */
  readonly differing: readonly number[];
}

/** Two trials of a search by their rows, over the first round of its folds; undefined where that was not recorded. */
export async function compareTrialRows(
  client: TrackingClient,
  search: SearchSummary,
  ...pair: readonly [Pick<TrialSummary, 'runId'>, Pick<TrialSummary, 'runId'>]
): Promise<RowComparison | undefined> {
  const [first, second] = await Promise.all(
    pair.map(async (trial) => {
      const folds = (await foldsOf(client, search, trial)).slice(0, Number(search.params.n_splits));
      return Promise.all(folds.map(({ runId }) => readPredictions(client, runId)));
    }),
  );
  return compareRows(first!, second!);
}

/**
 * Compares trials by the rows of one round of folds, in which each row is predicted once.
 *
 * @param first - Predictions by fold; those of the second have the same folds.
 * @returns undefined where something was not recorded, or is of other rows
 */
export function compareRows(
  first: readonly (FoldPredictions | undefined)[],
  second: readonly (FoldPredictions | undefined)[],
): RowComparison | undefined {
  const counts = { rows: 0, bothRight: 0, onlyFirst: 0, onlySecond: 0 };
  const differing: number[] = [];
  if (first.length === 0 || first.length !== second.length) return undefined;
  for (const [fold, a] of first.entries()) {
    const b = second[fold];
    if (a === undefined || b === undefined || a.rows.some((row, i) => row !== b.rows[i])) return undefined;
    const [ofA, ofB] = [predictedOf(a), predictedOf(b)];
    a.labels.forEach((label, i) => {
      const [rightA, rightB] = [ofA[i] === label, ofB[i] === label];
      counts.rows++;
      if (rightA && rightB) counts.bothRight++;
      else if (rightA) counts.onlyFirst++;
      else if (rightB) counts.onlySecond++;
      if (ofA[i] !== ofB[i]) differing.push(a.rows[i]!);
    });
  }
  return { ...counts, p: mcnemar(counts.onlyFirst, counts.onlySecond), differing };
}
