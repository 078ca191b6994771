/** The rows set aside for the winner. */

import { randomStream } from '../random/index.js';
import { distinct, drawStratified, groupsOf } from './draw.js';
import { DatasetError } from './errors.js';
import { without } from './rows.js';
import { latestRows } from './time-order.js';
import type { Dataset, HeldOut } from './types.js';

/**
 * Sets rows aside that only the refit winner sees, once. Every class is in proportion; a class with a single distinct
 * text stays in development. Rows are in ascending order.
 *
 * Where the dataset keeps the splits that its source defines, they are taken as they are, whatever texts they share. Where
 * rows have times, the latest are set aside, and earlier rows of a group that is among them are in neither part.
 *
 * @param testSize fraction of the rows, in (0, 1)
 * @throws DatasetError when one side would be empty
 */
export function splitHeldOut(dataset: Dataset, testSize: number, seed: number): HeldOut {
  const all = Int32Array.from(dataset.texts.keys());
  const { splits } = dataset;
  if (splits)
    return {
      development: all.filter((row) => splits[row] !== 'test'),
      test: all.filter((row) => splits[row] === 'test'),
    };
  const count = Math.round(all.length * testSize);
  const { development, test } = dataset.times
    ? latestOf(dataset, all, Math.max(1, count))
    : drawn(dataset, all, count, seed);
  if (test.length === 0 || development.length === 0) {
    throw new DatasetError(
      `${dataset.name}: too few ${distinct(dataset)} (${groupsOf(dataset, all).length}) to hold out test rows; add rows`,
    );
  }
  return { development, test };
}

function latestOf(dataset: Dataset, all: Int32Array, count: number): HeldOut {
  const { earlier, latest } = latestRows(dataset, all, count);
  return { development: earlier, test: latest };
}

function drawn(dataset: Dataset, all: Int32Array, count: number, seed: number): HeldOut {
  const test = drawStratified(dataset, all, count, randomStream(seed, 'held-out'), 1);
  return { development: without(all, test), test };
}
