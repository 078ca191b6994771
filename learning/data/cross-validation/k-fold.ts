/** Folds of like size, whatever their classes. */
import { z } from 'zod';
import { dealGroups } from './deal.js';
import { n_splits, tooFewGroups, tooManySplits } from './fields.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({ n_splits });

export const kFold: CrossValidationStrategy<typeof fields> = {
  fields,
  folds: ({ n_splits }) => n_splits,
  split: (dataset, rows, { n_splits }, random) => dealGroups(dataset, rows, n_splits, random, () => []),
  complaints: ({ n_splits }, { developmentRows, groups }) => {
    if (groups > 0) return tooFewGroups({ n_splits }, { groups });
    return n_splits > developmentRows ? [tooManySplits(n_splits, developmentRows, 'development rows')] : [];
  },
  mayLackClass: ({ n_splits }, { smallestClass }) => smallestClass < n_splits,
};
