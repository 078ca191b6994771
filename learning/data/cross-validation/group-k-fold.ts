/** Folds of whole groups, of like size: scikit-learn's GroupKFold without shuffling, to the row. */
import { z } from 'zod';
import type { Dataset } from '../types.js';
import { n_splits, tooFewGroups } from './fields.js';
import { namedGroups } from './named-groups.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({ n_splits });

export const groupKFold: CrossValidationStrategy<typeof fields> = {
  fields,
  needs: 'group',
  folds: ({ n_splits }) => n_splits,
  split,
  complaints: tooFewGroups,
};

/** The largest group first, each to the fold that has the fewest rows; of groups of one size the last one first. */
function split(dataset: Dataset, rows: Int32Array, { n_splits }: z.output<typeof fields>): Int32Array[] {
  const folds: number[][] = Array.from({ length: n_splits }, () => []);
  const largestFirst = namedGroups(dataset, rows)
    .toSorted((a, b) => a.length - b.length)
    .reverse();
  for (const group of largestFirst) {
    const lightest = folds.reduce((least, fold) => (fold.length < least.length ? fold : least));
    for (const row of group) lightest.push(row);
  }
  return folds.map((fold) => Int32Array.from(fold).sort());
}
