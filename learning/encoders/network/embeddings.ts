/**
 * The first half of the embeddings, in plain arrays: word, position and token type added up. The word table never enters the
 * engine: a batch reads some hundred of its rows, and their gradients are rows as well.
 */
import type { Gradient } from '../../engine/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import type { EmbeddingWeights } from '../checkpoint/weights.js';
import type { PieceBatch } from '../tokens/batches.js';
import type { Layout } from './layout.js';

/** @returns `[tokens, hidden]`; 0 where the layout has padding */
export function addEmbeddings(
  { word, position, type }: EmbeddingWeights,
  { hidden, firstPosition }: EncoderConfig,
  { ids, steps }: PieceBatch,
  { starts, lengths, tokens }: Layout,
): Float32Array {
  const sums = new Float32Array(tokens * hidden);
  for (const [r, length] of lengths.entries()) {
    for (let t = 0; t < length; t++) {
      const fromWord = ids[r * steps + t]! * hidden;
      const fromPosition = (firstPosition + t) * hidden;
      for (let k = 0, to = (starts[r]! + t) * hidden; k < hidden; k++, to++) {
        sums[to] = word[fromWord + k]! + position[fromPosition + k]! + type[k]!;
      }
    }
  }
  return sums;
}

/** Gradients by the word rows that the batch has, by the positions and by the types. */
export function embeddingGradients(
  dSums: Float32Array,
  { hidden, firstPosition, positions, tokenTypes }: EncoderConfig,
  { ids, steps }: PieceBatch,
  { starts, lengths }: Layout,
): [Gradient, Gradient, Gradient] {
  const wordRows = Int32Array.from(new Set(ids)).sort();
  const rowOf = new Map<number, number>();
  for (const [row, id] of wordRows.entries()) rowOf.set(id, row);
  const word = new Float32Array(wordRows.length * hidden);
  const position = new Float32Array(positions * hidden);
  const type = new Float32Array(tokenTypes * hidden);
  for (const [r, length] of lengths.entries()) {
    // Nothing reaches the padding of a row: no pooling reads it and no attention either.
    for (let t = 0; t < length; t++) {
      const from = (starts[r]! + t) * hidden;
      const toWord = rowOf.get(ids[r * steps + t]!)! * hidden;
      const toPosition = (firstPosition + t) * hidden;
      for (let k = 0; k < hidden; k++) {
        const g = dSums[from + k]!;
        word[toWord + k]! += g;
        position[toPosition + k]! += g;
        type[k]! += g;
      }
    }
  }
  return [{ values: word, rows: wordRows }, { values: position }, { values: type }];
}
