/**
 * Early-stopped cross-validation, the aggressive kind (Bergman, Purucker and Hutter, AutoML 2024,
 * https://arxiv.org/abs/2405.03389): a trial is stopped once its mean so far is not better than the incumbent's mean. The cheapest
 * rule, and the one that an unlucky first fold costs most.
 */
import { meanAndStd } from '../../../review/analysis/index.js';
import { meanRule } from './mean-rule.js';

export const aggressive = meanRule(
  'aggressive',
  'stops a configuration once its mean so far is not better than the mean of the best one',
  { name: 'incumbentMean', of: ({ scores }) => meanAndStd(scores).mean },
);
