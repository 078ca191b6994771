/** The table of a whole search as scikit-learn's `cv_results_`, for anyone's notebook: `pandas.read_csv` reads it. */
import type { Configuration, Objective, ParameterValue } from '../../queue/index.js';

/** One trial: its configuration and the metrics of its child run; no metrics beyond splits when it failed. */
export interface TrialRow {
  readonly configuration: Configuration;
  readonly metrics: Readonly<Record<string, number>>;
}

const TIMES = ['mean_fit_time', 'std_fit_time', 'mean_score_time', 'std_score_time'] as const;

/**
 * CSV with scikit-learn's column names, one line per trial in the order given.
 *
 * `mean_test_score` is the objective metric as it is: one to be minimised is not negated, `rank_test_score`
 * (1 = best, ties share the lower rank, failed trials the last) already minds the direction. Unknown numbers are NaN;
 * a parameter that a configuration lacks is an empty cell. Text that a spreadsheet would take for a formula gets a
 * leading apostrophe.
 */
export function cvResultsCsv(rows: readonly TrialRow[], splits: number, objective: Objective): string {
  const parameters = [...new Set(rows.flatMap((row) => Object.keys(row.configuration.parameters)))];
  const splitNames = Array.from({ length: splits }, (_, split) => `split${split}_test_score`);
  const header = [
    ...TIMES,
    'param_model',
    ...parameters.map((name) => `param_${name}`),
    'params',
    ...splitNames,
    'mean_test_score',
    'std_test_score',
    'rank_test_score',
  ];
  const ranks = rankScores(
    rows.map((row) => row.metrics.mean_test_score ?? Number.NaN),
    objective,
  );
  const lines = rows.map(({ configuration, metrics }, index) => {
    const number = (name: string): number => metrics[name] ?? Number.NaN;
    return [
      ...TIMES.map(number),
      configuration.model,
      ...parameters.map((name) =>
        Object.hasOwn(configuration.parameters, name) ? configuration.parameters[name]! : '',
      ),
      JSON.stringify({ model: configuration.model, ...configuration.parameters }),
      ...splitNames.map(number),
      number('mean_test_score'),
      number('std_test_score'),
      ranks[index]!,
    ];
  });
  return [header, ...lines].map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}

/** Rank of each score, 1 = best; equal scores share the lower rank, NaN comes last. */
export function rankScores(scores: readonly number[], { direction }: Objective): number[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const value = (score: number): number => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : sign * score);
  const sorted = scores.map(value).sort((a, b) => b - a);
  const rankOf = new Map<number, number>();
  sorted.forEach((score, index) => {
    if (!rankOf.has(score)) rankOf.set(score, index + 1);
  });
  return scores.map((score) => rankOf.get(value(score))!);
}

function cell(value: ParameterValue): string {
  if (typeof value !== 'string') return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
