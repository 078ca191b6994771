/** Word vectors: `table [words, width]`; word 0 is padding, read as zeros and never trained. */
import { type Gradient, uniform } from '../../engine/index.js';
import { FIRST_WORD, type TokenBatch, type TokenInput } from '../../features/index.js';
import type { Random } from '../../random/index.js';

/**
 * A table to start from, `[words, width]`: uniform in ±0.05, as Keras has it, and a word's vector where one is given. All are drawn
 * first: what else is drawn doesn't depend on the vectors.
 */
export function initialVectors(
  { vocabularySize, vectors }: TokenInput,
  width: number,
  random: Random,
): Float32Array {
  const table = uniform(vocabularySize * width, 0.05, random).fill(0, 0, width);
  if (vectors && vectors.dim !== width)
    throw new RangeError(`embedding_dim is ${width}, but the word vectors have ${vectors.dim} numbers.`);
  vectors?.known.forEach((known, word) => {
    if (known)
      table.set(vectors.rows.subarray(word * width, (word + 1) * width), (word + FIRST_WORD) * width);
  });
  return table;
}

/** @returns `[steps, rows, width]`, zeros where a row is padded. */
export function lookUp(table: Float32Array, width: number, batch: TokenBatch): Float32Array {
  const vectors = new Float32Array(batch.ids.length * width);
  for (let k = 0; k < batch.ids.length; k++) {
    const from = batch.ids[k]! * width;
    if (from === 0) continue;
    const to = k * width;
    for (let d = 0; d < width; d++) vectors[to + d] = table[from + d]!;
  }
  return vectors;
}

/**
 * The gradient by the table, of the batch's words alone.
 *
 * @param add - Adds the gradient by token `k` of `batch.ids` into `sums[to … to + width)`.
 */
export function sumByWord(
  batch: TokenBatch,
  width: number,
  slots: Int32Array,
  add: (k: number, sums: Float32Array, to: number) => void,
): Gradient {
  const words: number[] = [];
  for (const word of batch.ids) {
    if (word !== 0 && slots[word] === 0) slots[word] = words.push(word);
  }
  const values = new Float32Array(words.length * width);
  for (let k = 0; k < batch.ids.length; k++) {
    const word = batch.ids[k]!;
    if (word !== 0) add(k, values, (slots[word]! - 1) * width);
  }
  for (const word of words) slots[word] = 0;
  return { rows: Int32Array.from(words), values };
}
