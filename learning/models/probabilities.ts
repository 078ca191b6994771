/** From a network's logits to class probabilities. */
import type { Examples, RowBatch } from '../features/index.js';
import type { ScoringNetwork } from './types.js';

const PREDICTION_BATCH = 256;

/**
 * Predicts, in forward passes over batches.
 *
 * @param classes - The network's number of classes.
 * @param batchSize - Rows of one pass; changes time and memory and nothing else. @defaultValue the network's, else 256
 * @returns Probabilities in the examples' order, `[rows × classes]`.
 */
export function probabilitiesOf<Batch extends RowBatch>(
  network: ScoringNetwork<Batch>,
  examples: Examples<Batch>,
  classes: number,
  batchSize = network.predictionBatch ?? PREDICTION_BATCH,
): Float32Array {
  const all = new Float32Array(examples.rows * classes);
  for (const batch of examples.batches(batchSize)) {
    const found = toProbabilities(network.forward(batch).logits, classes);
    batch.source.forEach((row, r) => {
      all.set(found.subarray(r * classes, (r + 1) * classes), row * classes);
    });
  }
  return all;
}

/** Sigmoid of one logit a row for two classes, softmax of one a class beyond: `[rows × classes]`, each row summing to 1. */
export function toProbabilities(logits: Float32Array, classes: number): Float32Array {
  if (classes === 2) {
    const probabilities = new Float32Array(2 * logits.length);
    logits.forEach((logit, r) => {
      const positive = 1 / (1 + Math.exp(-logit));
      probabilities[2 * r] = 1 - positive;
      probabilities[2 * r + 1] = positive;
    });
    return probabilities;
  }
  const probabilities = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += classes) {
    const row = logits.subarray(from, from + classes);
    const largest = row.reduce((most, logit) => Math.max(most, logit));
    const powers = row.map((logit) => Math.exp(logit - largest));
    const sum = powers.reduce((total, power) => total + power);
    probabilities.set(
      powers.map((power) => power / sum),
      from,
    );
  }
  return probabilities;
}
