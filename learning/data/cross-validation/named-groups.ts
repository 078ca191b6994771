/** Rows by the groups that a column of the data names. */
import type { Dataset } from '../types.js';

/** Rows of each group that has any, in the order of the groups' names; rows in ascending order. */
export function namedGroups({ groups }: Pick<Dataset, 'groups'>, rows: Int32Array): number[][] {
  const byGroup = new Map<number, number[]>();
  for (const row of rows) {
    const members = byGroup.get(groups[row]!);
    if (members) members.push(row);
    else byGroup.set(groups[row]!, [row]);
  }
  return [...byGroup].sort(([a], [b]) => a - b).map(([, members]) => members);
}
