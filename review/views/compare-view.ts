/** Configurations side by side, for the page. */
import type { TrackingClient } from '../../tracking/client/index.js';
import type { CompareView } from '../page/api.js';
import { type ComparedTrial, readCompared } from '../results/index.js';
import { numberOrNull } from './numbers.js';
import { curvesOf } from './run-view.js';

/** Points of a curve that are sent: more can't be seen. */
const MOST_POINTS = 300;
/** Rows that are named. */
const MOST_ROWS = 200;

/** @throws UnknownSearchError when a run is no configuration's */
export async function compareView(client: TrackingClient, runIds: readonly string[]): Promise<CompareView> {
  const trials = await readCompared(client, runIds);
  return { trials: trials.map(forPage), cautions: cautionsOf(trials) };
}

/** Scores on other rows, or of another kind, say nothing about each other. */
function cautionsOf(trials: readonly ComparedTrial[]): string[] {
  const differ = (of: (trial: ComparedTrial) => unknown): boolean =>
    new Set(trials.map((trial) => JSON.stringify(of(trial)))).size > 1;
  return [
    ...(differ(({ search }) => search.datasetDigest)
      ? ['They were trained on different data: their scores can’t be held against each other.']
      : differ(({ search: { params } }) => [
            params.n_splits,
            params.n_repeats,
            params.cv,
            params.cv_seed,
            params.test_size,
            params.splits,
            params.gap,
            params.max_train_size,
            params.cv_test_size,
          ])
        ? ['They were scored on different folds: part of the difference is the folds’.']
        : []),
    ...(differ(({ search }) => search.objective.metric)
      ? ['Their searches have different objectives: compare a metric that all have.']
      : []),
  ];
}

const nulls = (values: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numberOrNull(value)]));

function forPage({
  search,
  trial,
  name,
  folds,
  curves,
  refit,
  rows,
  againstFirst,
}: ComparedTrial): CompareView['trials'][number] {
  const { configuration, runId, mean, std, metrics } = trial;
  return {
    runId,
    name,
    searchId: search.searchId,
    metric: search.objective.metric,
    model: configuration.model,
    parameters: configuration.parameters,
    mean: numberOrNull(mean),
    std: numberOrNull(std),
    folds: folds.map(numberOrNull),
    metrics: nulls(metrics),
    curves: curves.map(curvesOf),
    test: refit === undefined ? null : { runId: refit.runId, metrics: nulls(refit.metrics) },
    rows: rows === undefined ? null : { ...rows, curves: rows.curves.map(thinned) },
    againstFirst:
      againstFirst === undefined
        ? null
        : {
            ...againstFirst,
            differing: againstFirst.differing.slice(0, MOST_ROWS),
            differingInAll: againstFirst.differing.length,
          },
  };
}

type Drawn = NonNullable<ComparedTrial['rows']>['curves'][number];

function thinned({ name, fpr, tpr, auc, precision, averagePrecision }: Drawn) {
  const step = Math.max(1, Math.ceil(fpr.length / MOST_POINTS));
  const some = (values: readonly number[]): (number | null)[] =>
    values.filter((_, i) => i % step === 0 || i === values.length - 1).map(numberOrNull);
  return {
    name,
    fpr: some(fpr),
    tpr: some(tpr),
    auc: numberOrNull(auc),
    // Beside `tpr` without its first, which has no precision.
    precision: some([precision[0] ?? Number.NaN, ...precision]),
    averagePrecision: numberOrNull(averagePrecision),
  };
}
