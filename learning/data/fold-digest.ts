/** A name for a fold's rows. */
import { createHash } from 'node:crypto';
import type { Fold } from './types.js';

/**
 * Tells which fold of a dataset it is, whatever the cross-validation that made it: the first folds of more repeats are those of
 * fewer.
 *
 * @param place - Of the fold in its search; what is random in its training follows from it.
 */
export function foldDigest({ train, validation }: Fold, place: number): string {
  const hash = createHash('sha256').update(`${place} ${train.length} ${validation.length}\0`);
  for (const rows of [train, validation])
    hash.update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  return hash.digest('hex').slice(0, 16);
}
