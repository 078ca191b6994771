/** Batches of rows of like length, as the recurrent kernels want them: time-major and padded only to the batch's longest row. */
import { type Examples, lengthBatches, type RowBatch, sortedBatches } from '../batches/index.js';
import type { EncodedTexts } from './vocabulary.js';

export interface TokenBatch extends RowBatch {
  /** Word ids, `[steps, rows]`: step `t` of row `r` is `ids[t * rows + r]`; 0 beyond a row's length. */
  readonly ids: Int32Array;
  /** Tokens of each row, `[rows]`; at least 1. */
  readonly lengths: Int32Array;
  /** Longest length in the batch, or the padding asked for. */
  readonly steps: number;
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
