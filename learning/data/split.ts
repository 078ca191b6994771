/** Splits that are seeded, stratified and never put equal texts on both sides. */

import { type Random, randomStream, shuffle } from '../random/index.js';
import { drawStratified, type Group, groupsOf } from './draw.js';
import { DatasetError } from './errors.js';
import type { CrossValidation } from './spec.js';
import type { Dataset, Fold, HeldOut } from './types.js';

/**
 * Sets rows aside that only the refit winner sees, once. Every class is in proportion; a class with a single distinct
 * text stays in development. Rows are in ascending order.
 *
 * @param testSize fraction of the rows, in (0, 1)
 * @throws DatasetError when one side would be empty
 */
export function splitHeldOut(dataset: Dataset, testSize: number, seed: number): HeldOut {
  const all = Int32Array.from(dataset.texts.keys());
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

/**
 * Splits rows into folds; those of the second repeat follow those of the first. Row indices are in ascending order
 * and depend on dataset, rows and `cv` alone.
 *
 * @param rows the development rows
 * @throws DatasetError when a fold would be left without rows
 */
export function foldsOf(dataset: Dataset, rows: Int32Array, cv: CrossValidation): Fold[] {
  const random = randomStream(cv.seed, 'cross-validation');
  const folds = Array.from({ length: cv.n_repeats }, () =>
    validationRows(dataset, rows, cv, random).map((validation) => ({
      train: without(rows, validation),
      validation,
    })),
  ).flat();
  if (folds.some((fold) => fold.train.length === 0 || fold.validation.length === 0)) {
    throw new DatasetError(
      `${dataset.name}: ${groupsOf(dataset, rows).length} distinct development texts do not fill ${cv.n_splits} folds; lower cross_validation.n_splits or add rows`,
    );
  }
  return folds;
}

function validationRows(
  dataset: Dataset,
  rows: Int32Array,
  cv: CrossValidation,
  random: Random,
): Int32Array[] {
  switch (cv.strategy) {
    case 'hold_out': {
      const size = Math.round(rows.length * (cv.validation_size ?? 0.2));
      return [drawStratified(dataset, rows, size, random, 1)];
    }
    case 'k_fold':
      return dealGroups(dataset, rows, cv.n_splits, random, () => []);
    case 'stratified_k_fold':
    case 'repeated_stratified_k_fold':
      return dealGroups(dataset, rows, cv.n_splits, random, (group) =>
        group.rows.map((row) => dataset.labels[row]!),
      );
  }
}

/**
 * Deals groups to folds, each to where its classes are rarest so far, then to the smallest fold, the largest groups
 * first: the idea of scikit-learn's StratifiedGroupKFold, in time linear in groups, because what a group adds is
 * looked at for its own classes only.
 */
function dealGroups(
  dataset: Dataset,
  rows: Int32Array,
  folds: number,
  random: Random,
  balanced: (group: Group) => readonly number[],
): Int32Array[] {
  const perClass = Array.from({ length: folds }, () => new Int32Array(dataset.classes.length));
  const dealt: number[][] = Array.from({ length: folds }, () => []);
  // Class by class, so that the smallest fold gets the odd row of the next class.
  const groups = shuffle(groupsOf(dataset, rows), random).sort(
    (a, b) => b.rows.length - a.rows.length || (balanced(a)[0] ?? 0) - (balanced(b)[0] ?? 0),
  );
  for (const group of groups) {
    const labels = balanced(group);
    let best = 0;
    let bestCrowd = Number.POSITIVE_INFINITY;
    for (let fold = 0; fold < folds; fold++) {
      const crowd = labels.reduce((sum, label) => sum + perClass[fold]![label]!, 0);
      if (crowd < bestCrowd || (crowd === bestCrowd && dealt[fold]!.length < dealt[best]!.length)) {
        best = fold;
        bestCrowd = crowd;
      }
    }
    // Not push(...rows): a group may be the empty text a hundred thousand times, more than a call takes arguments.
    for (const row of group.rows) dealt[best]!.push(row);
    for (const label of labels) perClass[best]![label]!++;
  }
  return dealt.map((fold) => Int32Array.from(fold).sort());
}

function without(rows: Int32Array, removed: Int32Array): Int32Array {
  const gone = new Set(removed);
  return rows.filter((row) => !gone.has(row));
}
