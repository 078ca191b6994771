/** The table of a whole search as scikit-learn's `cv_results_`, for anyone's notebook: `pandas.read_csv` reads it. */
import type { Objective, ParameterValue } from '../../queue/spec.js';

/** One trial. A fold that has no score makes the trial a failed one. */
export interface CvResultsRow {
  /** The configuration's parameters; the model kind may be among them. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Objective metric of each fold, in fold order; NaN for a failed fold. */
  readonly scores: readonly number[];
  /** Seconds of training of each fold; NaN where unknown. */
  readonly fitTimes: readonly number[];
  /** Seconds of scoring of each fold; NaN where unknown. */
  readonly scoreTimes: readonly number[];
}

/**
 * Writes the trials as CSV with scikit-learn's column names, in the order given.
 *
 * `mean_test_score` is the objective metric as it is: a metric to be minimised is not negated, `rank_test_score`
 * (1 = best, ties share the lower rank) already minds the direction. Standard deviations are population ones
 * (`ddof=0`). Failed trials have NaN for every number that is unknown and share the last rank. A parameter that a
 * configuration lacks is an empty cell.
 *
 * Text that a spreadsheet would take for a formula gets a leading apostrophe; numbers stay numbers.
 */
export function cvResultsCsv(
  rows: readonly CvResultsRow[],
  parameterNames: readonly string[],
  objective: Objective,
): string {
  const splits = Math.max(0, ...rows.map((row) => row.scores.length));
  const header = [
    'mean_fit_time',
    'std_fit_time',
    'mean_score_time',
    'std_score_time',
    ...parameterNames.map((name) => `param_${name}`),
    'params',
    ...Array.from({ length: splits }, (_, index) => `split${index}_test_score`),
    'mean_test_score',
    'std_test_score',
    'rank_test_score',
  ];
  const means = rows.map((row) => (row.scores.length < splits ? Number.NaN : mean(row.scores)));
  const lines = rows.map((row, index) => [
    mean(row.fitTimes),
    standardDeviation(row.fitTimes),
    mean(row.scoreTimes),
    standardDeviation(row.scoreTimes),
    ...parameterNames.map((name) => (Object.hasOwn(row.parameters, name) ? row.parameters[name]! : '')),
    JSON.stringify(row.parameters),
    ...Array.from({ length: splits }, (_, split) => row.scores[split] ?? Number.NaN),
    means[index]!,
    Number.isNaN(means[index]) ? Number.NaN : standardDeviation(row.scores),
    rank(means, index, objective),
  ]);
  return [header, ...lines].map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}

function rank(means: readonly number[], index: number, objective: Objective): number {
  const own = means[index]!;
  const better = (other: number) =>
    Number.isNaN(own) ? !Number.isNaN(other) : objective.direction === 'maximize' ? other > own : other < own;
  return 1 + means.filter(better).length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

function cell(value: ParameterValue): string {
  if (typeof value !== 'string') return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
