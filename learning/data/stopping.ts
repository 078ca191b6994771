/** Rows of a fold's training rows that early stopping watches, so that the rows which score a fold don't pick its epoch. */
import { randomStream } from '../random/index.js';
import { distinct, drawStratified } from './draw.js';
import { DatasetError } from './errors.js';
import { without } from './rows.js';
import { latestRows } from './time-order.js';
import type { Dataset } from './types.js';

export interface StoppingSplit {
  /** Rows left to train on. */
  readonly train: Int32Array;
  readonly stopping: Int32Array;
}

/**
 * Sets rows aside, every class in proportion and rows of the same text or group together, or the latest where rows have times;
 * the same ones for every configuration.
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
  const { train, stopping } = dataset.times
    ? latestOf(dataset, trainingRows, Math.max(1, count))
    : drawn(dataset, trainingRows, count, seed);
  if (stopping.length === 0 || train.length === 0) {
    throw new DatasetError(
      `${dataset.name}: too few ${distinct(dataset)} in a fold's ${trainingRows.length} training rows to set some aside for early stopping; add rows, or remove early_stopping.validation_size`,
    );
  }
  return { train, stopping };
}

function latestOf(dataset: Dataset, rows: Int32Array, count: number): StoppingSplit {
  const { earlier, latest } = latestRows(dataset, rows, count);
  return { train: earlier, stopping: latest };
}

function drawn(dataset: Dataset, rows: Int32Array, count: number, seed: number): StoppingSplit {
  const stopping = drawStratified(dataset, rows, count, randomStream(seed, 'early-stopping'), 1);
  return { train: without(rows, stopping), stopping };
}
