/** The folds of a search, split once for all its trials. */
import { LRUCache } from 'lru-cache';
import { type CrossValidation, foldsOf } from './cross-validation/index.js';
import { splitHeldOut } from './held-out.js';
import type { Dataset, Fold } from './types.js';

/** How a search splits a dataset. */
export interface Splitting {
  readonly testSize: number;
  readonly seed: number;
  readonly crossValidation: CrossValidation;
}

const MAX_BYTES = 64 * 2 ** 20;

const splits = new LRUCache<string, readonly Fold[]>({
  maxSize: MAX_BYTES,
  // At most the whole: the latest is kept whatever its size.
  sizeCalculation: (folds) =>
    Math.min(
      MAX_BYTES,
      folds.reduce((sum, { train, validation }) => sum + train.byteLength + validation.byteLength, 1),
    ),
});

/**
 * The folds of the development rows: at 100,000 rows a split takes as long as many a fold's training. Callers must not
 * write into the arrays.
 */
export function developmentFolds(
  dataset: Dataset,
  { testSize, seed, crossValidation }: Splitting,
): readonly Fold[] {
  const key = JSON.stringify([dataset.digest, testSize, seed, crossValidation]);
  const known = splits.get(key);
  if (known) return known;
  const folds = foldsOf(dataset, splitHeldOut(dataset, testSize, seed).development, crossValidation);
  splits.set(key, folds);
  return folds;
}
