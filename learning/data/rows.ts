/** Rows of a dataset: one of them as it was read, and sets of their indices. */
import type { Dataset, Split } from './types.js';

/** What one row has. */
export interface RowValues {
  readonly text: string;
  readonly label: string;
  readonly split?: Split;
  readonly group?: string;
  readonly time?: number;
}

/** A row as whoever numbered the rows read it. */
export function rowAt(dataset: Dataset, row: number): RowValues {
  const { texts, labels, classes, splits, groups, groupNames, times } = dataset;
  return {
    text: texts[row]!,
    label: classes[labels[row]!]!,
    ...(splits && { split: splits[row]! }),
    ...(groupNames && { group: groupNames[groups[row]!]! }),
    ...(times && { time: times[row]! }),
  };
}

/** Those of `rows` that are not among `removed`. */
export function without(rows: Int32Array, removed: Int32Array): Int32Array {
  const gone = new Set(removed);
  return rows.filter((row) => !gone.has(row));
}

/** Equal for texts that count as the same. */
export const textKey = (text: string): string => text.trim().toLowerCase();
