/** What any classifier must beat: the answer that knows the classes' frequencies and reads no text. */
import { type ClassificationMetrics, classificationMetrics } from './table.js';

/**
 * Metrics of always answering with the commonest class, at the odds of the training rows.
 *
 * @param training - Class of each training row.
 * @param labels - Class of each row that is measured on.
 */
export function majorityMetrics(
  training: Int32Array,
  labels: Int32Array,
  classes: number,
): ClassificationMetrics {
  const odds = new Float32Array(classes);
  for (const label of training) odds[label]! += 1 / training.length;
  const probabilities = new Float32Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) probabilities.set(odds, row * classes);
  return classificationMetrics(labels, probabilities, classes);
}
