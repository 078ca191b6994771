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
  decide({ direction, rung, score, others }) {
    const known = others.filter(Number.isFinite);
    const among = known.length + 1;
    const places = Math.floor(among / REDUCTION);
    // Of fewer than three no third can be told.
    if (places < 1 || !Number.isFinite(score)) return undefined;
    const rank = 1 + known.filter((other) => isBetter(other, score, direction)).length;
    if (rank <= places) return undefined;
    return { rule: 'successive_halving', rung, numbers: { score, rank, among, places } };
  },
};
