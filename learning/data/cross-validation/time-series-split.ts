/** Every fold trains on what came before the rows that it validates on: scikit-learn's TimeSeriesSplit over rows in the order of time. */
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import type { DatasetFacts } from '../facts.js';
import { asideOf, byTime } from '../time-order.js';
import type { Dataset, Fold } from '../types.js';
import { n_splits } from './fields.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({
  n_splits,
  gap: z.number().int().min(0).default(0).describe('Rows left out between training and validation'),
  max_train_size: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Training rows of a fold at most, the latest ones; default: all before'),
  test_size: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Validation rows of a fold; default: the development rows by n_splits + 1'),
});
type Settings = z.output<typeof fields>;

export const timeSeriesSplit: CrossValidationStrategy<typeof fields> = {
  fields,
  needs: 'time',
  folds: ({ n_splits }) => n_splits,
  split,
  complaints,
};

const sizeOf = ({ n_splits, test_size }: Settings, rows: number): number =>
  test_size ?? Math.floor(rows / (n_splits + 1));

/** Training rows whose text or group comes again among the fold's validation rows are left out, as it never straddles a split. */
function split(dataset: Dataset, rows: Int32Array, settings: Settings): Fold[] {
  const { n_splits, gap, max_train_size = rows.length } = settings;
  const ordered = byTime(dataset, rows);
  const size = sizeOf(settings, rows.length);
  return Array.from({ length: n_splits }, (_, fold) => {
    const start = rows.length - (n_splits - fold) * size;
    const end = Math.max(0, start - gap);
    const before = ordered.subarray(Math.max(0, end - max_train_size), end);
    const { earlier, latest } = asideOf(dataset, before, ordered.subarray(start, start + size));
    return { train: earlier, validation: latest };
  });
}

function complaints(settings: Settings, { developmentRows }: DatasetFacts): Complaint[] {
  const { n_splits, gap } = settings;
  const size = sizeOf(settings, developmentRows);
  if (n_splits + 1 > developmentRows)
    return [
      {
        field: 'n_splits',
        value: n_splits,
        what: `needs ${n_splits + 1} development rows, and there are ${developmentRows}`,
        remedy: 'give fewer folds, or more rows',
      },
    ];
  if (developmentRows - gap - size * n_splits > 0) return [];
  const field = settings.test_size !== undefined ? 'test_size' : 'gap';
  return [
    {
      field,
      value: settings[field],
      what: `leaves the first of ${n_splits} folds no training row out of ${developmentRows}`,
      remedy: 'give less, or fewer folds',
    },
  ];
}
