/** Formats of files of word vectors, by the ending of their name. One line adds a format. */
import { extname } from 'node:path';
import type { VectorRows } from '../row.js';
import { npyFile, vocabularyOf } from './numpy.js';
import { textVectors } from './text.js';
import { word2vecBinary } from './word2vec-binary.js';

const FORMATS: Readonly<Record<string, (path: string) => VectorRows>> = {
  '.npy': npyFile,
  '.bin': word2vecBinary,
};

/** Whatever has none of those endings is text: GloVe's, word2vec's or fastText's. */
export function readVectors(path: string): VectorRows {
  const ending = extname(path).toLowerCase();
  return Object.hasOwn(FORMATS, ending) ? FORMATS[ending]!(path) : textVectors(path);
}

/** The files that vectors stand in: of a matrix in NumPy's format the words are a file of their own, and count too. */
export const filesOf = (path: string): string[] =>
  extname(path).toLowerCase() === '.npy' ? [path, vocabularyOf(path)] : [path];
