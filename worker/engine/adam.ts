/**
 * Adam (Kingma and Ba, 2015) with Keras's arrangement of epsilon (https://keras.io/api/optimizers/adam/), and for
 * embeddings its lazy variant as TensorFlow Addons documents `LazyAdam`: moments and weights of rows that the batch
 * does not use are left as they are, while the bias correction counts every step. A step then costs in
 * proportion to the words of the batch and not to the vocabulary.
 * (https://www.tensorflow.org/addons/api_docs/python/tfa/optimizers/LazyAdam)
 *
 *     m ← β₁ m + (1 − β₁) g
 *     v ← β₂ v + (1 − β₂) g²
 *     α = learning rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ)
 *     w ← w − α m / (√v + ε)
 *
 * It runs in JavaScript on the arrays that hold the weights: below some hundred thousand weights that is
 * cheaper than handing them to TensorFlow and back, and above it is still a few percent of the matrix products.
 */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;

/** The gradient of one weight array; with `rows`, only those rows of it (each at most once) and all others zero. */
export interface Gradient {
  /** The weights' shape, or `[rows.length, columns]`. */
  readonly values: Float32Array;
  readonly rows?: Int32Array;
}

/**
 * @param weights - Updated in place by every call of the function returned.
 * @returns A function that takes one step, given a gradient for each of `weights` in their order.
 */
export function adam(
  weights: readonly Float32Array[],
  learningRate: number,
): (gradients: readonly Gradient[]) => void {
  const first = weights.map((w) => new Float32Array(w.length));
  const second = weights.map((w) => new Float32Array(w.length));
  let step = 0;
  return (gradients) => {
    step++;
    const alpha = (learningRate * Math.sqrt(1 - BETA_2 ** step)) / (1 - BETA_1 ** step);
    gradients.forEach((gradient, k) => {
      const [w, m, v] = [weights[k]!, first[k]!, second[k]!];
      if (!gradient.rows) {
        update(w, m, v, gradient.values, 0, 0, w.length, alpha);
        return;
      }
      const columns = gradient.values.length / gradient.rows.length;
      gradient.rows.forEach((row, i) => {
        update(w, m, v, gradient.values, row * columns, i * columns, columns, alpha);
      });
    });
  };
}

function update(
  w: Float32Array,
  m: Float32Array,
  v: Float32Array,
  g: Float32Array,
  at: number,
  from: number,
  count: number,
  alpha: number,
): void {
  for (let i = 0; i < count; i++) {
    const gi = g[from + i]!;
    const mi = BETA_1 * m[at + i]! + (1 - BETA_1) * gi;
    const vi = BETA_2 * v[at + i]! + (1 - BETA_2) * gi * gi;
    m[at + i] = mi;
    v[at + i] = vi;
    w[at + i]! -= (alpha * mi) / (Math.sqrt(vi) + EPSILON);
  }
}
