/** The fixed epochs at which folds are compared. */

/** A rung has three times the epochs of the one below, and successive halving keeps one of three (Li et al., Hyperband, JMLR 2018). */
export const REDUCTION = 3;

/**
 * Epochs after which a fold is judged: 1, 3, 9, and so on, below its last. They are the same whatever the number of epochs, which
 * may be a parameter of the search, so that any two folds can be compared at them.
 */
export function epochRungs(epochs: number): number[] {
  const rungs: number[] = [];
  for (let epoch = 1; epoch < epochs; epoch *= REDUCTION) rungs.push(epoch);
  return rungs;
}
