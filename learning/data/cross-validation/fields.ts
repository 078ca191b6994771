/** Fields that several strategies share. */
import { z } from 'zod';
import type { Complaint } from '../complaint.js';

export const n_splits = z.number().int().min(2).max(1000).default(3).describe('Folds');

/** More folds than there is something for each of. */
export function tooManySplits(value: number, most: number, of: string, remedy = atMost(most)): Complaint {
  return { field: 'n_splits', value, what: `is more than the ${most} ${of}`, remedy };
}

const atMost = (most: number): string => `give at most ${most}, or more rows`;
