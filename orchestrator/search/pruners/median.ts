/**
 * The median stopping rule (Golovin et al., Google Vizier, KDD 2017, 3.2.2; with the best score so far, as Optuna's MedianPruner has it):
 * a fold is stopped at a fixed epoch when its best score so far is worse than the median of the others at that epoch.
 */
import type { EpochRule } from './pruner.js';

/** Folds that must have come as far before any is stopped; as many as Optuna waits for. */
const WARM_UP = 5;

export const median: EpochRule = {
  purpose: 'stops a fold that is worse than half of the others at the same epoch',
  bar(others) {
    if (others.length < WARM_UP) return undefined;
    const sorted = others.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    const bar = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
    return { bar, numbers: { others: sorted.length } };
  },
};
