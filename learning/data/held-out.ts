/** The rows set aside for the winner. */

import { randomStream } from '../random/index.js';
import { drawStratified, groupsOf } from './draw.js';
import { DatasetError } from './errors.js';
import { without } from './rows.js';
import type { Dataset, HeldOut } from './types.js';

/**
 * Sets rows aside that only the refit winner sees, once. Every class is in proportion; a class with a single distinct
 * text stays in development. Rows are in ascending order.
 *
 * Where the dataset keeps the splits that its source defines, they are taken as they are, whatever texts they share.
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
  const random = randomStream(seed, 'held-out');
  const test = drawStratified(dataset, all, Math.round(all.length * testSize), random, 1);
  const development = without(all, test);
  if (test.length === 0 || development.length === 0) {
    throw new DatasetError(
      `${dataset.name}: too few distinct texts (${groupsOf(dataset, all).length}) to hold out test rows; add rows`,
    );
  }
  return { development, test };
}
