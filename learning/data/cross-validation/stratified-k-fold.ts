/** Folds of like size, each with every class in proportion. */
import { z } from 'zod';
import type { Random } from '../../random/index.js';
import type { Complaint } from '../complaint.js';
import type { DatasetFacts } from '../facts.js';
import type { Dataset } from '../types.js';
import { dealGroups } from './deal.js';
import { n_splits, tooManySplits } from './fields.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({ n_splits });
type Settings = z.output<typeof fields>;

export const stratifiedKFold: CrossValidationStrategy<typeof fields> = {
  fields,
  folds: ({ n_splits }) => n_splits,
  split: stratified,
  complaints: tooFewOfAClass,
};

export function stratified(
  dataset: Dataset,
  rows: Int32Array,
  { n_splits }: Settings,
  random: Random,
): Int32Array[] {
  return dealGroups(dataset, rows, n_splits, random, (group) =>
    group.rows.map((row) => dataset.labels[row]!),
  );
}

export function tooFewOfAClass({ n_splits }: Settings, { smallestClass, groups }: DatasetFacts): Complaint[] {
  if (smallestClass >= n_splits) return [];
  if (groups > 0) return [tooManySplits(n_splits, smallestClass, 'groups that have the smallest class')];
  const remedy = smallestClass < 2 ? 'give more rows of that class' : undefined;
  return [tooManySplits(n_splits, smallestClass, 'distinct development texts of the smallest class', remedy)];
}
