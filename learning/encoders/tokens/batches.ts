/** Tokenised texts, and batches of rows of like length, padded only to the batch's longest row. */
import { type Examples, lengthBatches, type RowBatch, sortedBatches } from '../../batches/index.js';
import type { TextTokenizer } from './tokenizer.js';

/** Token ids of many texts, one behind the other. */
export interface TokenisedTexts {
  readonly ids: Int32Array;
  /** Where each text begins in `ids`, and last their end: `[rows + 1]`. */
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
}

export interface PieceBatch extends RowBatch {
  /** Token ids, `[rows, steps]`; 0 beyond a row's length. */
  readonly ids: Int32Array;
  /** Tokens of each row, `[rows]`; at least 1 where texts get special tokens. */
  readonly lengths: Int32Array;
  /** Longest length in the batch. */
  readonly steps: number;
}

export function tokeniseTexts(
  tokenizer: TextTokenizer,
  texts: readonly string[],
  maxTokens: number,
): TokenisedTexts {
  const rows = texts.map((text) => tokenizer.encode(text, maxTokens));
  const lengths = Int32Array.from(rows, (row) => row.length);
  const offsets = new Int32Array(rows.length + 1);
  lengths.forEach((length, row) => {
    offsets[row + 1] = offsets[row]! + length;
  });
  const ids = new Int32Array(offsets[rows.length]!);
  rows.forEach((row, k) => {
    ids.set(row, offsets[k]!);
  });
  return { ids, offsets, lengths };
}

/** Gathers the rows `source`. */
export function pieceBatch(
  { ids: all, offsets, lengths: every }: TokenisedTexts,
  source: Int32Array,
): PieceBatch {
  const rows = source.length;
  const lengths = source.map((row) => every[row]!);
  const steps = lengths.reduce((most, length) => Math.max(most, length), 1);
  const ids = new Int32Array(rows * steps);
  for (let r = 0; r < rows; r++) {
    ids.set(all.subarray(offsets[source[r]!], offsets[source[r]! + 1]), r * steps);
  }
  return { ids, lengths, rows, steps, source };
}

/** Tokenised texts in batches. */
export function pieceExamples(texts: TokenisedTexts): Examples<PieceBatch> {
  return {
    rows: texts.lengths.length,
    *epoch(batchSize, random) {
      for (const source of lengthBatches(texts.lengths, batchSize, random)) yield pieceBatch(texts, source);
    },
    *batches(batchSize) {
      for (const source of sortedBatches(texts.lengths, batchSize)) yield pieceBatch(texts, source);
    },
  };
}
