/** The metrics that a search can be ranked by. One line adds a metric. */
import { z } from 'zod';
import { entryOf, namesOf } from '../table.js';
import { accuracy } from './accuracy.js';
import { confusionMatrix } from './confusion.js';
import { f1Macro } from './f1-macro.js';
import { loss } from './loss.js';
import type { Metric } from './metric.js';
import { rocAuc } from './roc-auc.js';

/** Names are scikit-learn's, `loss` is log loss. */
export const METRICS = {
  loss,
  accuracy,
  f1_macro: f1Macro,
  roc_auc: rocAuc,
} satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** Every metric of the table, by its name. */
export type ClassificationMetrics = Record<MetricName, number>;

/** The names, scores before losses: the order in which they are told to people. */
export const METRIC_NAMES = namesOf<MetricName>(METRICS).sort(
  (a, b) => Number(METRICS[a].direction === 'minimize') - Number(METRICS[b].direction === 'minimize'),
);

/** @throws Error when there is no such metric */
export const metricOf = (name: string): Metric => entryOf<Metric>(METRICS, 'metric', name);

/** What a search ranks its trials by. */
export const objective = z.object({
  metric: z.enum(METRIC_NAMES),
  direction: z.enum(['maximize', 'minimize']),
});
export type Objective = z.infer<typeof objective>;

/**
 * Every metric, as scikit-learn computes it: the confusion matrix is counted once for all.
 *
 * @param labels class index of each row
 * @param probabilities [rows × classes], row-major, also for two classes
 * @throws RangeError when the sizes do not fit, or there are no rows
 */
export function classificationMetrics(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
): ClassificationMetrics {
  const matrix = confusionMatrix(labels, probabilities, classes);
  const measured = Object.entries<Metric>(METRICS).map(([name, metric]) => [
    name,
    metric.of({ labels, probabilities, classes, matrix }),
  ]);
  return Object.fromEntries(measured) as ClassificationMetrics;
}
