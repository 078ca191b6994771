/** Folds of rows: seeded, and never with equal texts, or rows of a named group, on both sides. */
import { randomStream } from '../../random/index.js';
import { distinct, groupsOf } from '../draw.js';
import { DatasetError } from '../errors.js';
import type { Dataset, Fold } from '../types.js';
import { type CrossValidation, strategyOf } from './settings.js';
import { sidesOf } from './sides.js';

/**
 * Splits rows into folds. Row indices are in ascending order and depend on dataset, rows and `cv` alone.
 *
 * @param rows the development rows
 * @throws DatasetError when a fold would be left without rows
 */
export function foldsOf(dataset: Dataset, rows: Int32Array, cv: CrossValidation): Fold[] {
  const random = randomStream(cv.seed, 'cross-validation');
  const folds = strategyOf(cv.strategy)
    .split(dataset, rows, cv, random)
    .map((part) => sidesOf(rows, part));
  if (folds.some(({ train, validation }) => train.length === 0 || validation.length === 0)) {
    const count = groupsOf(dataset, rows).length;
    throw new DatasetError(
      `${dataset.name}: ${count} ${distinct(dataset)} of development rows do not fill every fold; ask for fewer folds in cross_validation, or add rows`,
    );
  }
  return folds;
}
