/**
 * The median stopping rule (Golovin et al., Google Vizier, KDD 2017, 3.2.2; with the best score so far, as Optuna's MedianPruner has it):
 * a fold is stopped at a fixed epoch when its best score so far is worse than the median of the others at that epoch.
 */
import { isBetter } from '../../../review/analysis/index.js';
import type { EpochRule } from './pruner.js';

/** Folds that must have come as far before any is stopped; as many as Optuna waits for. */
const WARM_UP = 5;

export const median: EpochRule = {
  purpose: 'stops a fold that is worse than half of the others at the same epoch',
  decide({ direction, rung, score, others }) {
    const known = others.filter(Number.isFinite).sort((a, b) => a - b);
    if (known.length < WARM_UP || !Number.isFinite(score)) return undefined;
    const middle = known.length >> 1;
    const bar = known.length % 2 === 1 ? known[middle]! : (known[middle - 1]! + known[middle]!) / 2;
    if (!isBetter(bar, score, direction)) return undefined;
    return { rule: 'median', rung, numbers: { score, median: bar, others: known.length } };
  },
};
