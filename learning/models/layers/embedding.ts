/** Word vectors: `table [words, width]`; word 0 is padding, read as zeros and never trained. */
import { type Gradient, type Kernel, reusedFloats, uniform } from '../../engine/index.js';
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

/** The vectors of a batch's words, `[steps, rows, width]`, zeros where a row is padded; valid until the next call. */
export function lookUp(
  table: Float32Array,
  width: number,
  kernel?: Kernel,
): (batch: TokenBatch) => Float32Array {
  const memory = reusedFloats();
  return ({ ids }) => {
    const vectors = memory(ids.length * width);
    if (kernel) kernel.readRows(ids, table, width, vectors);
    else addUp(ids, table, width, vectors.fill(0));
    return vectors;
  };
}

/** @returns `[rows, width]`, the sum of each row's word vectors. */
export function sumOfVectors(
  table: Float32Array,
  width: number,
  { ids, rows }: TokenBatch,
  kernel?: Kernel,
): Float32Array {
  const sums = new Float32Array(rows * width);
  if (kernel) kernel.addUpRows(ids, table, width, sums);
  else addUp(ids, table, width, sums);
  return sums;
}

/** Adds word vectors to the rows of `to`, which ids take in turn. */
function addUp(ids: Int32Array, table: Float32Array, width: number, to: Float32Array): void {
  for (let k = 0; k < ids.length; k++) {
    const from = ids[k]! * width;
    if (from === 0) continue;
    const at = (k * width) % to.length;
    for (let d = 0; d < width; d++) to[at + d]! += table[from + d]!;
  }
}

/**
 * Gradients by a table, of the batch's words alone. What it returns is valid until the next call, as it uses its memory again.
 *
 * @param gradient - `[steps, rows, width]`, of each word of a batch; or `[rows, width]`, one for all words of a row.
 */
export type SumByWord = (batch: TokenBatch, gradient: Float32Array) => Gradient;

export function sumByWord(vocabularySize: number, width: number, kernel?: Kernel): SumByWord {
  const slots = new Int32Array(vocabularySize);
  let words = new Int32Array(0);
  let sums = new Float32Array(0);
  return ({ ids }, gradient) => {
    const most = Math.min(ids.length, vocabularySize);
    if (words.length < most) {
      words = new Int32Array(most);
      sums = new Float32Array(most * width);
    }
    const found = kernel
      ? kernel.sumByWord(ids, gradient, width, slots, words, sums)
      : plainSumByWord(ids, gradient, width, slots, words, sums);
    return { rows: words.subarray(0, found), values: sums.subarray(0, found * width) };
  };
}

const plainSumByWord: Kernel['sumByWord'] = (ids, from, width, slots, words, sums) => {
  let found = 0;
  for (let k = 0; k < ids.length; k++) {
    const word = ids[k]!;
    if (word === 0) continue;
    if (slots[word] === 0) {
      sums.fill(0, found * width, (found + 1) * width);
      words[found++] = word;
      slots[word] = found;
    }
    const to = (slots[word]! - 1) * width;
    const at = (k * width) % from.length;
    for (let d = 0; d < width; d++) sums[to + d]! += from[at + d]!;
  }
  for (let k = 0; k < found; k++) slots[words[k]!] = 0;
  return found;
};
