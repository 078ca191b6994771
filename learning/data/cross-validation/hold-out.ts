/** One split, with every class in proportion. */
import { z } from 'zod';
import { drawStratified } from '../draw.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({
  // Never 0 or 1: a split with nothing on one side measures nothing.
  validation_size: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('Fraction of the development rows to validate on'),
});

export const holdOut: CrossValidationStrategy<typeof fields> = {
  fields,
  folds: () => 1,
  split: (dataset, rows, { validation_size }, random) => [
    drawStratified(dataset, rows, Math.round(rows.length * validation_size), random, 1),
  ],
  complaints({ validation_size: value }, { developmentRows, smallestClass }) {
    const few =
      smallestClass < 2
        ? `cannot split a class of ${smallestClass} development rows`
        : Math.floor(developmentRows * value) < 1
          ? `leaves no validation row out of ${developmentRows}`
          : undefined;
    return few === undefined
      ? []
      : [{ field: 'validation_size', value, what: few, remedy: 'give more rows' }];
  },
};
