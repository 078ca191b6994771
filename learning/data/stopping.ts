/** Rows of a fold's training rows that early stopping watches, so that the rows which score a fold don't pick its epoch. */
import { randomStream } from '../random/index.js';
import { drawStratified } from './draw.js';
import { DatasetError } from './errors.js';
import { without } from './rows.js';
import type { Dataset } from './types.js';

export interface StoppingSplit {
  /** Rows left to train on. */
  readonly train: Int32Array;
  readonly stopping: Int32Array;
}

/**
 * Sets rows aside, every class in proportion and rows of the same text together; the same ones for every configuration.
 *
 * @param size - Fraction of the training rows, in (0, 1).
 * @throws DatasetError when one side would be empty
 */
export function splitStopping(
  dataset: Dataset,
  trainingRows: Int32Array,
  size: number,
  seed: number,
): StoppingSplit {
  const count = Math.round(trainingRows.length * size);
  const random = randomStream(seed, 'early-stopping');
  const stopping = drawStratified(dataset, trainingRows, count, random, 1);
  const train = without(trainingRows, stopping);
  if (stopping.length === 0 || train.length === 0) {
    throw new DatasetError(
      `${dataset.name}: too few distinct texts in a fold's ${trainingRows.length} training rows to set some aside for early stopping; add rows, or remove early_stopping.validation_size`,
    );
  }
  return { train, stopping };
}
