/** What every format gives: a word and its numbers, in the file's order. */
import { VectorsError } from './errors.js';

export interface VectorRow {
  readonly word: string;
  /** May be used again for the next row. */
  readonly values: Float32Array;
}

export type VectorRows = AsyncIterable<VectorRow> | Iterable<VectorRow>;

/** As many numbers as `embedding_dim` allows. */
export const MAX_DIM = 1024;
export const MAX_WORDS = 20_000_000;
/** Of one word, in bytes. Longer ones are no words: the file is of another kind. */
export const MAX_WORD = 4096;

/** @throws VectorsError when no file of word vectors has such a size. */
export function checkDim(file: string, where: string, dim: number): void {
  if (!(Number.isInteger(dim) && dim >= 1 && dim <= MAX_DIM))
    throw new VectorsError(`${file}, ${where}: vectors of ${dim} numbers; 1 to ${MAX_DIM} are read`);
}

/** @throws VectorsError when one of the numbers is none. */
export function checkNumbers(file: string, where: string, values: Float32Array): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new VectorsError(`${file}, ${where}: number ${wrong + 1} of the vector is not a finite number`);
}
