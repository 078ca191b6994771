/** What the planner must know of a dataset before anything is queued. */
import { groupsOf } from './draw.js';
import type { Dataset, HeldOut } from './types.js';

export interface DatasetFacts {
  /** Rows after `limit`. */
  readonly rows: number;
  /** Rows left for cross-validation once the test rows are set aside. */
  readonly developmentRows: number;
  readonly classes: readonly string[];
  /** Development rows of the rarest class, texts that occur twice counted once: they stay in one fold. Of named groups, those that have it. */
  readonly smallestClass: number;
  /** Groups among the development rows; 0 when no column names any. */
  readonly groups: number;
  /** Classes among the validation rows that the source defines; 0 when it defines none. */
  readonly validationClasses: number;
}

/** Counts what a cross-validation can be checked against. */
export function datasetFacts(dataset: Dataset, heldOut: HeldOut): DatasetFacts {
  const named = dataset.groupNames !== undefined;
  const distinct = new Int32Array(dataset.classes.length);
  const groups = groupsOf(dataset, heldOut.development);
  for (const { rows, label } of groups) {
    const labels = named ? new Set(rows.map((row) => dataset.labels[row]!)) : [label];
    for (const one of labels) distinct[one]!++;
  }
  return {
    rows: dataset.texts.length,
    developmentRows: heldOut.development.length,
    classes: dataset.classes,
    smallestClass: Math.min(...distinct),
    groups: named ? groups.length : 0,
    validationClasses: new Set(dataset.labels.filter((_, row) => dataset.splits?.[row] === 'validation'))
      .size,
  };
}
