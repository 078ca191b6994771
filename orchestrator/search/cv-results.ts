/** The table of a whole search as scikit-learn's `cv_results_`, for anyone's notebook: `pandas.read_csv` reads it. */
import { stringify } from 'csv-stringify';
import type { Configuration, ParameterValue } from '../../queue/index.js';

/** One trial: its configuration and the metrics of its child run; no metrics beyond splits when it failed. */
export interface TrialRow {
  readonly configuration: Configuration;
  readonly metrics: Readonly<Record<string, number>>;
}

const TIMES = ['mean_fit_time', 'std_fit_time', 'mean_score_time', 'std_score_time'] as const;

/** What the columns are, and the ranks by the configurations' indices. */
export interface CvTable {
  /** Parameters of all models, in order. */
  readonly parameters: readonly string[];
  readonly splits: number;
  readonly ranks: ArrayLike<number>;
}

/**
 * The records of a CSV with scikit-learn's column names, one per trial in the order given; {@link csv} writes them. One by one:
 * the table of a large search is larger than a string may be.
 *
 * `mean_test_score` is the objective metric as it is: one to be minimised is not negated, `rank_test_score`
 * (1 = best, ties share the lower rank, failed trials the last) already reads the direction. Unknown numbers are NaN;
 * a parameter that a configuration lacks is an empty cell.
 */
export async function* cvRecords(
  rows: AsyncIterable<TrialRow> | Iterable<TrialRow>,
  { parameters, splits, ranks }: CvTable,
): AsyncGenerator<ParameterValue[]> {
  const splitNames = Array.from({ length: splits }, (_, split) => `split${split}_test_score`);
  yield [
    ...TIMES,
    'param_model',
    ...parameters.map((name) => `param_${name}`),
    'params',
    ...splitNames,
    'mean_test_score',
    'std_test_score',
    'rank_test_score',
  ];
  for await (const { configuration, metrics } of rows) {
    const number = (name: string): number => metrics[name] ?? Number.NaN;
    yield [
      ...TIMES.map(number),
      configuration.model,
      ...parameters.map((name) =>
        Object.hasOwn(configuration.parameters, name) ? configuration.parameters[name]! : '',
      ),
      JSON.stringify({ model: configuration.model, ...configuration.parameters }),
      ...splitNames.map(number),
      number('mean_test_score'),
      number('std_test_score'),
      ranks[configuration.index]!,
    ];
  }
}

/** Records to CSV text. What a spreadsheet would take for a formula gets a leading apostrophe. */
export const csv = () => stringify({ escape_formulas: true, cast: { boolean: String } });
