/**
 * A trial is stopped once it is worse than the incumbent on the folds that both have, by the corrected resampled t-test of one
 * side (Nadeau and Bengio, Inference for the generalization error, Machine Learning 52, 2003). Folds are paired, so that a hard fold counts
 * against neither, and the variance is widened for the training rows that folds share.
 */
import { pairedTest, studentCdf } from '../../../review/analysis/index.js';
import type { FoldRule } from './pruner.js';

/**
 * Chance to stop at one fold a trial that is as good as the incumbent. Larger than what is usual for a claim: a false alarm costs
 * one configuration among many, and with two or three folds a smaller one would hardly ever stop any.
 */
const ALPHA = 0.1;

export const correctedTTest: FoldRule = {
  purpose: 'stops a configuration once a corrected t-test over their folds says that the best one is better',
  decide({ scores, incumbent, direction, testShare }) {
    if (incumbent === undefined) return undefined;
    const sign = direction === 'maximize' ? 1 : -1;
    const test = pairedTest(
      scores.map((score, fold) => sign * (score - (incumbent.scores[fold] ?? Number.NaN))),
      testShare,
    );
    if (test === undefined) return undefined;
    const p = studentCdf(test.t, test.df);
    if (!(p < ALPHA)) return undefined;
    return {
      rule: 'corrected_t_test',
      rung: scores.length,
      numbers: { p, alpha: ALPHA, difference: sign * test.mean, incumbent: incumbent.index },
    };
  },
};
