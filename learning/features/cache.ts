/**
 * Encoded folds, kept for the next trial on the same fold. In this process only: tokenising 3,000 sentences takes
 * about 15 ms once, encoding a fold of them about 3 ms, which is what reading and checking a cache file takes, too.
 */
import { hash } from 'node:crypto';
import type { CrossValidation } from '../data/spec.js';
import { foldsOf, splitHeldOut } from '../data/split.js';
import type { Dataset, EncodedTexts, Fold, Vocabulary } from '../data/types.js';
import { type Corpus, corpusOf, encodeCorpus, fitOnCorpus } from './vocabulary.js';

/** A fold as a model sees it. */
export interface EncodedFold {
  /** Fitted on the fold's training rows. */
  readonly vocabulary: Vocabulary;
  readonly train: EncodedTexts;
  readonly validation: EncodedTexts;
}

export interface EncodedFoldRequest {
  readonly dataset: Dataset;
  readonly fold: Fold;
  /** Names the fold, for example `fold-0` or `refit`. */
  readonly foldKey: string;
  /** Most words of the vocabulary. */
  readonly vocabularySize: number;
  readonly maxTokens: number;
}

/** Values that are dropped, longest unused first, when their bytes in all exceed a limit. */
interface BoundedCache<Value> {
  get(key: string, make: () => Value): Value;
}

/** Creates a cache that keeps at least the latest value, whatever its size. */
export function boundedCache<Value>(
  maxBytes: number,
  bytesOf: (value: Value) => number,
): BoundedCache<Value> {
  // A Map iterates in the order of insertion: the first key is the one longest unused.
  const kept = new Map<string, Value>();
  let bytes = 0;
  return {
    get(key, make) {
      const found = kept.get(key);
      const value = found ?? make();
      if (found === undefined) bytes += bytesOf(value);
      kept.delete(key);
      kept.set(key, value);
      for (const [oldKey, old] of kept) {
        if (bytes <= maxBytes || kept.size === 1) break;
        kept.delete(oldKey);
        bytes -= bytesOf(old);
      }
      return value;
    },
  };
}

const corpora = boundedCache<Corpus>(
  256 * 2 ** 20,
  ({ words, tokens, starts }) => tokens.byteLength + starts.byteLength + words.length * 64,
);

const folds = boundedCache<EncodedFold>(
  256 * 2 ** 20,
  ({ vocabulary, train, validation }) =>
    vocabulary.words.length * 128 +
    [train, validation].reduce((sum, { ids, lengths }) => sum + ids.byteLength + lengths.byteLength, 0),
);

/**
 * Fits the vocabulary on a fold's training rows and encodes both sides, or gives what it gave before for the same
 * rows and options. Callers must not write into the arrays.
 */
export function encodedFold(request: EncodedFoldRequest): EncodedFold {
  const { dataset, fold, foldKey, vocabularySize, maxTokens } = request;
  // The rows themselves are part of the key: two searches may both have a `fold-0`, with other rows in it.
  const rows = `${digestOf(fold.train)} ${digestOf(fold.validation)}`;
  const key = JSON.stringify([dataset.digest, foldKey, rows, vocabularySize, maxTokens]);
  return folds.get(key, () => {
    const corpus = corpora.get(dataset.digest, () => corpusOf(dataset.texts));
    const vocabulary = fitOnCorpus(corpus, fold.train, vocabularySize, maxTokens);
    return {
      vocabulary,
      train: encodeCorpus(vocabulary, corpus, fold.train),
      validation: encodeCorpus(vocabulary, corpus, fold.validation),
    };
  });
}

/** How a search splits a dataset. */
export interface Splitting {
  readonly testSize: number;
  readonly seed: number;
  readonly crossValidation: CrossValidation;
}

const splits = boundedCache<readonly Fold[]>(64 * 2 ** 20, (folds) =>
  folds.reduce((sum, { train, validation }) => sum + train.byteLength + validation.byteLength, 0),
);

/**
 * The folds of the development rows, split once for all the trials on them: at 100,000 rows a split takes as long as
 * many a fold's training. Callers must not write into the arrays.
 */
export function developmentFolds(
  dataset: Dataset,
  { testSize, seed, crossValidation }: Splitting,
): readonly Fold[] {
  const key = JSON.stringify([dataset.digest, testSize, seed, crossValidation]);
  return splits.get(key, () =>
    foldsOf(dataset, splitHeldOut(dataset, testSize, seed).development, crossValidation),
  );
}

const digestOf = (rows: Int32Array): string => hash('sha1', rows, 'base64');
