/**
 * Successive halving as ASHA decides it (Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020,
 * https://arxiv.org/abs/1810.05934): at a fixed epoch a fold goes on when it is in the top third of those that came as far. Where ASHA pauses
 * it and may promote it later, whenever workers are free, the fold is compared with complete generations alone and stopped for good:
 * nothing hangs on arrival, and no checkpoint is kept.
 */
import { isBetter } from '../../../review/analysis/index.js';
import type { EpochRule } from './pruner.js';
import { REDUCTION } from './rungs.js';

export const successiveHalving: EpochRule = {
  purpose: 'stops a fold that is not in the top third at the same epoch',
  bar(others, direction) {
    // The fold itself is one of them.
    const place = Math.floor((others.length + 1) / REDUCTION);
    // Of fewer than three no third can be told.
    if (place < 1) return undefined;
    const sorted = others.toSorted((a, b) => (isBetter(a, b, direction) ? -1 : Number(a !== b)));
    // Who is worse than the last of these has too many before it.
    return { bar: sorted[place - 1]!, numbers: { place, others: others.length } };
  },
};
