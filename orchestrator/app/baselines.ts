/** What every model of a search must beat, measured before anything is trained. */
import type { Dataset, Fold, HeldOut } from '../../learning/data/index.js';
import { majorityMetrics } from '../../learning/metrics/index.js';
import { meanAndStd } from '../../review/results/index.js';
import type { BaselineScores } from '../../tracking/client/index.js';
import type { SearchSpace } from '../space/index.js';

/** The majority class under the same folds and on the same test rows: it reads no text, so it costs next to nothing. */
export function baselines(
  space: SearchSpace,
  dataset: Dataset,
  heldOut: HeldOut,
  folds: readonly Fold[],
): BaselineScores[] {
  const { metric } = space.objective;
  const labels = (rows: Int32Array): Int32Array => rows.map((row) => dataset.labels[row]!);
  const score = (training: Int32Array, measured: Int32Array): number =>
    majorityMetrics(labels(training), labels(measured), dataset.classes.length)[metric];
  const outer = folds.filter(({ inner }) => inner === undefined);
  const scores = outer.map(({ train, validation }) => score(train, validation));
  return [{ name: 'majority class', ...meanAndStd(scores), test: score(heldOut.development, heldOut.test) }];
}
