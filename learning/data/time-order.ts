/** Rows in the order of time: what comes later is never trained on, and nothing that is trained on comes again. */
import type { Dataset } from './types.js';

type Timed = Pick<Dataset, 'groups' | 'times'>;

/** Rows by their times; those of one time in the order of the data. */
export function byTime({ times }: Timed, rows: Int32Array): Int32Array {
  if (times === undefined) return rows;
  return rows.toSorted((a, b) => times[a]! - times[b]! || a - b);
}

/** The latest rows, and those before them that share no group with them; both in ascending order. */
export function latestRows(
  dataset: Timed,
  rows: Int32Array,
  count: number,
): { earlier: Int32Array; latest: Int32Array } {
  const ordered = byTime(dataset, rows);
  const from = ordered.length - count;
  return asideOf(dataset, ordered.subarray(0, from), ordered.subarray(from));
}

/**
 * Two parts of the rows, with those taken out of the earlier one whose group is in the later one too: neither a text nor an
 * author of the rows that measure is known from training. Both in ascending order.
 */
export function asideOf(
  { groups }: Timed,
  earlier: Int32Array,
  latest: Int32Array,
): { earlier: Int32Array; latest: Int32Array } {
  const taken = new Set(Array.from(latest, (row) => groups[row]!));
  return { earlier: earlier.filter((row) => !taken.has(groups[row]!)).sort(), latest: latest.toSorted() };
}
