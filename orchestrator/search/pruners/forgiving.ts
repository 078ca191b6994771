/**
 * Early-stopped cross-validation, the forgiving kind (Bergman, Purucker and Hutter, Don't Waste Your Time: Early Stopping
 * Cross-Validation, AutoML 2024, https://arxiv.org/abs/2405.03389): a trial is stopped once its mean so far is not better than the
 * incumbent's worst fold. A single unlucky fold seldom stops a good trial, as the incumbent had one too.
 */
import { meanRule } from './mean-rule.js';

export const forgiving = meanRule(
  'forgiving',
  'stops a configuration once its mean so far is not better than the worst fold of the best one',
  {
    name: 'incumbentWorst',
    of: ({ scores }, { direction }) => (direction === 'maximize' ? Math.min(...scores) : Math.max(...scores)),
  },
);
