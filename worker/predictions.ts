/** What a model said of each row that it was measured on, as files that its run keeps. */
import { stringify } from 'csv-stringify/sync';
import type { Dataset } from '../learning/data/index.js';
import { mostProbable } from '../learning/metrics/index.js';

/** Probabilities that a file may hold; of more rows and classes none is kept. */
const MOST_CELLS = 1_000_000;

/** What is known of predictions. */
interface Predicted {
  /** Places in the dataset. */
  readonly rows: Int32Array;
  readonly labels: Int32Array;
  /** `[rows × classes]` */
  readonly probabilities: Float32Array;
}

/**
 * Of a fold: columns of rows, labels and probabilities as JSON, small, as each fold has one; none where there would be too many.
 * Texts stay in the dataset.
 */
export function foldPredictions(
  { classes }: Pick<Dataset, 'classes'>,
  { rows, labels, probabilities }: Predicted,
): Record<string, string> {
  if (probabilities.length > MOST_CELLS) return {};
  const columns = {
    classes,
    rows: Array.from(rows),
    labels: Array.from(labels),
    probabilities: classes.map((_, index) =>
      Array.from(rows, (_, row) => rounded(probabilities[row * classes.length + index]!)),
    ),
  };
  return { 'evaluation/predictions.json': JSON.stringify(columns) };
}

/** Of the refit: a table for people, one row each; what a spreadsheet would take for a formula gets a leading apostrophe. */
export function testPredictions(
  { classes, texts }: Pick<Dataset, 'classes' | 'texts'>,
  { rows, labels, probabilities }: Predicted,
): Record<string, string> {
  if (probabilities.length > MOST_CELLS) return {};
  const table = Array.from(rows, (row, i) => [
    row,
    texts[row]!,
    classes[labels[i]!]!,
    classes[mostProbable(probabilities, i, classes.length)]!,
    ...classes.map((_, index) => rounded(probabilities[i * classes.length + index]!)),
  ]);
  const columns = ['row', 'text', 'label', 'predicted', ...classes.map((name) => `probability_${name}`)];
  return { 'evaluation/predictions.csv': stringify([columns, ...table], { escape_formulas: true }) };
}

/** Six decimals tell all that a probability of single precision does, near enough; NaN becomes null in JSON. */
const rounded = (probability: number): number => Math.round(probability * 1e6) / 1e6;
