/** Stratified folds, drawn anew several times: the mean over them depends less on the draw. */
import { z } from 'zod';
import { n_splits } from './fields.js';
import type { CrossValidationStrategy } from './strategy.js';
import { stratified, tooFewOfAClass } from './stratified-k-fold.js';

const fields = z.object({
  n_splits,
  n_repeats: z.number().int().min(1).max(1000).default(2).describe('How often the folds are drawn anew'),
});

export const repeatedStratifiedKFold: CrossValidationStrategy<typeof fields> = {
  fields,
  folds: ({ n_splits, n_repeats }) => n_splits * n_repeats,
  /** Those of the second repeat follow those of the first. */
  split: (dataset, rows, settings, random) =>
    Array.from({ length: settings.n_repeats }, () => stratified(dataset, rows, settings, random)).flat(),
  complaints: tooFewOfAClass,
};
