/** Fields that several strategies share. */
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import type { DatasetFacts } from '../facts.js';

export const n_splits = z.number().int().min(2).max(1000).default(3).describe('Folds');

/** More folds than there is something for each of. */
export function tooManySplits(value: number, most: number, of: string, remedy = atMost(most)): Complaint {
  return { field: 'n_splits', value, what: `is more than the ${most} ${of}`, remedy };
}

/** More folds than there are groups. */
export const tooFewGroups = (
  { n_splits }: { n_splits: number },
  { groups }: Pick<DatasetFacts, 'groups'>,
): Complaint[] =>
  n_splits > groups
    ? [
        tooManySplits(
          n_splits,
          groups,
          'groups among the development rows',
          `give at most ${groups}, or rows of more groups`,
        ),
      ]
    : [];

const atMost = (most: number): string => `give at most ${most}, or more rows`;
