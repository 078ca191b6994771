/** From a network's logits to class probabilities. */
import type { EncodedTexts } from '../data/types.js';
import { sortedBatches, tokenBatch } from '../engine/batches.js';
import type { Network } from './types.js';

const PREDICTION_BATCH = 256;

/**
 * Predicts, in forward passes over rows sorted by length.
 *
 * @param classes - The network's number of classes.
 * @param batchSize - Rows of one pass; changes the time and nothing else. @defaultValue 256
 * @returns Probabilities in the texts' order, `[rows × classes]`.
 */
export function probabilitiesOf(
  network: Network,
  texts: EncodedTexts,
  classes: number,
  batchSize = PREDICTION_BATCH,
): Float32Array {
  const all = new Float32Array(texts.rows * classes);
  for (const source of sortedBatches(texts.lengths, batchSize)) {
    const found = toProbabilities(network.forward(tokenBatch(texts, source)).logits, classes);
    source.forEach((row, r) => {
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
