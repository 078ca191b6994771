/** Batches of rows of like length, as the recurrent kernels want them: time-major and padded only to the batch's longest row. */
import { type Random, shuffle } from '../random/index.js';
import type { Examples, RowBatch } from './features.js';
import type { EncodedTexts } from './vocabulary.js';

export interface TokenBatch extends RowBatch {
  /** Word ids, `[steps, rows]`: step `t` of row `r` is `ids[t * rows + r]`; 0 beyond a row's length. */
  readonly ids: Int32Array;
  /** Tokens of each row, `[rows]`; at least 1. */
  readonly lengths: Int32Array;
  /** Longest length in the batch, or the padding asked for. */
  readonly steps: number;
}

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

/** Gathers the rows `source` of `texts`; `steps` pads further than the longest of them. */
export function tokenBatch(texts: EncodedTexts, source: Int32Array, steps?: number): TokenBatch {
  const rows = source.length;
  const lengths = source.map((row) => texts.lengths[row]!);
  const longest = steps ?? lengths.reduce((most, length) => Math.max(most, length), 1);
  const ids = new Int32Array(longest * rows);
  for (let r = 0; r < rows; r++) {
    const from = source[r]! * texts.maxTokens;
    for (let t = 0; t < lengths[r]!; t++) ids[t * rows + r] = texts.ids[from + t]!;
  }
  return { ids, lengths, rows, steps: longest, source };
}

/** Encoded texts in batches. */
export function tokenExamples(texts: EncodedTexts): Examples<TokenBatch> {
  return {
    rows: texts.rows,
    *epoch(batchSize, random) {
      for (const source of lengthBatches(texts.lengths, batchSize, random)) yield tokenBatch(texts, source);
    },
    *batches(batchSize) {
      for (const source of sortedBatches(texts.lengths, batchSize)) yield tokenBatch(texts, source);
    },
  };
}
