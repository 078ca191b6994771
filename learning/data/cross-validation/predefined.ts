/** One split, the source's own: its validation rows, as scikit-learn's PredefinedSplit has them. */
import { z } from 'zod';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({});

export const predefined: CrossValidationStrategy<typeof fields> = {
  fields,
  ofAllRows: true,
  folds: () => 1,
  split: ({ splits }, rows) => [rows.filter((row) => splits?.[row] === 'validation')],
  complaints: (_, { validationClasses }) =>
    validationClasses > 0
      ? []
      : [
          {
            field: 'strategy',
            value: 'predefined',
            what: 'needs validation rows beside test rows, which the data do not define',
            remedy:
              'use another strategy, or dataset.splits: source with a source of train, validation and test rows',
          },
        ],
  mayLackClass: (_, { validationClasses, classes }) => validationClasses < classes.length,
};
