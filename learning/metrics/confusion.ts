/** Which class was taken for which. */

/**
 * Counts of rows by true class (first index) and predicted class (second), as scikit-learn's `confusion_matrix`.
 *
 * @param probabilities [rows × classes], row-major
 * @throws RangeError when the sizes do not fit, or there are no rows
 */
export function confusionMatrix(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
): number[][] {
  if (labels.length === 0) throw new RangeError('no rows to measure');
  if (probabilities.length !== labels.length * classes) {
    throw new RangeError(
      `${probabilities.length} probabilities for ${labels.length} rows of ${classes} classes`,
    );
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) {
    const counts = matrix[labels[row]!];
    if (!counts) throw new RangeError(`label ${labels[row]} of row ${row} is not below ${classes}`);
    counts[mostProbable(probabilities, row, classes)]!++;
  }
  return matrix;
}

/** The first most probable class of a row, as NumPy's `argmax`; class 0 when nothing compares (all NaN). */
export function mostProbable(probabilities: Float32Array, row: number, classes: number): number {
  const start = row * classes;
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if (probabilities[start + index]! > probabilities[start + best]!) best = index;
  }
  return best;
}
