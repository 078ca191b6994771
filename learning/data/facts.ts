/** What the planner must know of a dataset before anything is queued. */
import { groupsOf } from './draw.js';
import type { Dataset, HeldOut } from './types.js';

export interface DatasetFacts {
  readonly rows: number;
  readonly developmentRows: number;
  /** Number of classes. */
  readonly classes: number;
  /** Distinct development texts of the rarest class: stratified folds can't be more than this. */
  readonly smallestClass: number;
}

/** Counts what a cross-validation can be checked against. */
export function datasetFacts(dataset: Dataset, heldOut: HeldOut): DatasetFacts {
  const distinct = new Int32Array(dataset.classes.length);
  for (const group of groupsOf(dataset, heldOut.development)) distinct[group.label]!++;
  return {
    rows: dataset.texts.length,
    developmentRows: heldOut.development.length,
    classes: dataset.classes.length,
    smallestClass: Math.min(...distinct),
  };
}
