/** Folds that a pruned configuration did not need. */
import type { SearchView } from '../api.js';

export function sparedOf({ columns, foldsOfTrial }: SearchView, row: number): number {
  if (columns.status[row] !== 'PRUNED' || foldsOfTrial === null) return 0;
  const done = (columns.folds[row] ?? []).filter((fold) => fold !== null).length;
  // One that it was stopped within has no score, but was begun.
  return foldsOfTrial - done - (columns.stop[row]?.at === undefined ? 0 : 1);
}
