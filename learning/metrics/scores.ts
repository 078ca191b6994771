/** Scores of one class: of class `positive` among its own rows and among all others, each in ascending order. */
export function scoresByClass(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  positive: number,
): [positives: Float32Array, negatives: Float32Array] {
  let count = 0;
  for (const label of labels) if (label === positive) count++;
  const positives = new Float32Array(count);
  const negatives = new Float32Array(labels.length - count);
  let p = 0;
  let n = 0;
  for (let row = 0; row < labels.length; row++) {
    const score = probabilities[row * classes + positive]!;
    if (labels[row] === positive) positives[p++] = score;
    else negatives[n++] = score;
  }
  return [positives.sort(), negatives.sort()];
}
