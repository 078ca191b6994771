/** Log loss: the mean of -log of the probability of the true class. Probabilities are not renormalised. */
import type { Metric, Predictions } from './metric.js';

/** Probabilities are clipped to [CLIP, 1 - CLIP] before the logarithm, so that one sure mistake is not infinite. */
const CLIP = 1e-7;

export const loss: Metric = { direction: 'minimize', of: logLoss };

function logLoss({ labels, probabilities, classes }: Predictions): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const probability = probabilities[row * classes + labels[row]!]!;
    // Math.min and Math.max hand a NaN on, as wanted.
    sum -= Math.log(Math.min(Math.max(probability, CLIP), 1 - CLIP));
  }
  return sum / labels.length;
}
