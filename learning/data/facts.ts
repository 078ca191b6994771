/** What the planner must know of a dataset before anything is queued. */
import { groupsOf } from './draw.js';
import type { Dataset, HeldOut } from './types.js';

export interface DatasetFacts {
  /** Rows after `limit`. */
  readonly rows: number;
  /** Rows left for cross-validation once the test rows are set aside. */
  readonly developmentRows: number;
  readonly classes: readonly string[];
  /** Development rows of the rarest class, texts that occur twice counted once: they stay in one fold. */
  readonly smallestClass: number;
  /** Classes among the validation rows that the source defines; 0 when it defines none. */
  readonly validationClasses: number;
}

/** Counts what a cross-validation can be checked against. */
export function datasetFacts(dataset: Dataset, heldOut: HeldOut): DatasetFacts {
  const distinct = new Int32Array(dataset.classes.length);
  for (const group of groupsOf(dataset, heldOut.development)) distinct[group.label]!++;
  return {
    rows: dataset.texts.length,
    developmentRows: heldOut.development.length,
    classes: dataset.classes,
    smallestClass: Math.min(...distinct),
    validationClasses: new Set(dataset.labels.filter((_, row) => dataset.splits?.[row] === 'validation'))
      .size,
  };
}
