/** Orders of rows in which those of like length come together: little padding, and still other company in every epoch. */
import { type Random, shuffle } from '../random/index.js';

/**
 * Rows shuffled, sorted by length within windows of many batches, cut into batches, and the batches shuffled. A window
 * keeps batches mixed from epoch to epoch, and still leaves little padding.
 */
const WINDOW = 16;

/**
 * One epoch's order: every row once.
 *
 * @param random - The epoch's order depends on it and on the lengths only.
 */
export function lengthBatches(lengths: Int32Array, batchSize: number, random: Random): Int32Array[] {
  const order = shuffle(Int32Array.from(lengths.keys()), random);
  const batches: Int32Array[] = [];
  for (let from = 0; from < order.length; from += WINDOW * batchSize) {
    // Typed arrays sort stably, so rows of one length stay in shuffled order.
    const window = order.subarray(from, from + WINDOW * batchSize).sort((a, b) => lengths[a]! - lengths[b]!);
    batches.push(...chunks(window, batchSize));
  }
  return shuffle(batches, random);
}

/** All rows by length, for passes in which order does not matter. */
export function sortedBatches(lengths: Int32Array, batchSize: number): Int32Array[] {
  return chunks(
    Int32Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]!),
    batchSize,
  );
}

function chunks(order: Int32Array, size: number): Int32Array[] {
  const parts: Int32Array[] = [];
  for (let from = 0; from < order.length; from += size) parts.push(order.subarray(from, from + size));
  return parts;
}
