/** Orders rows by one of their fields, as the address says it. */
import type { Value } from '../api.js';

type Field = Value | null | undefined;

/**
 * @param sort - A field's name, with a minus before it for the other way round; empty leaves the order as it is.
 */
export function sortedBy<T>(
  rows: readonly T[],
  sort: string,
  field: (row: T, name: string) => Field,
): readonly T[] {
  if (sort === '') return rows;
  const down = sort.startsWith('-');
  const name = down ? sort.slice(1) : sort;
  return rows.toSorted((a, b) => {
    const [left, right] = [field(a, name) ?? null, field(b, name) ?? null];
    // What is missing comes last, whichever way.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return (down ? -1 : 1) * compare(left, right);
  });
}

const compare = (a: Value, b: Value): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), undefined, { numeric: true });
