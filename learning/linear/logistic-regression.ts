/**
 * Logistic regression with an L2 penalty, as scikit-learn's `LogisticRegression` defines it: the penalty is half the squared weights, the
 * intercept is free, and `C` weighs the log loss against it. Two classes have one row of weights, more have one each (multinomial).
 */
import { lbfgs } from './lbfgs.js';
import { mergeLoneColumns } from './lone-columns.js';
import type { SparseRows } from './sparse.js';

export interface LogisticOptions {
  /** The larger, the less the penalty counts. */
  readonly C: number;
  /** `balanced`: rows count the more, the rarer their class. */
  readonly class_weight: 'none' | 'balanced';
  /** @defaultValue 1000 */
  readonly maxIterations?: number;
}

export interface LogisticModel {
  readonly columns: number;
  /** 1 for two classes, else one per class. */
  readonly outputs: number;
  /** `[outputs × columns]` */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
  readonly converged: boolean;
  readonly iterations: number;
}

/** Of the gradient of the mean loss; scikit-learn ends at 1e-4. */
const TOLERANCE = 1e-6;

/**
 * @param labels - Class of each row, from 0.
 * @throws RangeError when a class has no row
 */
export function fitLogistic(
  x: SparseRows,
  labels: Int32Array,
  classes: number,
  { C, class_weight, maxIterations = 1000 }: LogisticOptions,
): LogisticModel {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  const missing = counts.indexOf(0);
  if (missing !== -1) throw new RangeError(`class ${missing} has no training row`);
  const weightOf = Float64Array.from(counts, (count) =>
    class_weight === 'balanced' ? x.rows / (classes * count) : 1,
  );
  const total = labels.reduce((sum, label) => sum + weightOf[label]!, 0);
  const outputs = classes === 2 ? 1 : classes;
  const merged = mergeLoneColumns(x);
  const { columns, starts, indices, values } = merged.x;
  const size = outputs * columns;
  const penalty = 1 / (C * total);
  const scores = new Float64Array(outputs);
  const objective = (all: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < x.rows; row++) {
      const label = labels[row]!;
      const share = weightOf[label]! / total;
      scoresOf(merged.x, row, all, size, columns, scores);
      loss += share * lossAndErrors(scores, label);
      // `scores` holds what each output is too much by now.
      for (let output = 0; output < outputs; output++) {
        const error = share * scores[output]!;
        const base = output * columns;
        const end = starts[row + 1]!;
        for (let at = starts[row]!; at < end; at++) gradient[base + indices[at]!]! += error * values[at]!;
        gradient[size + output]! += error;
      }
    }
    for (let i = 0; i < size; i++) {
      loss += 0.5 * penalty * all[i]! * all[i]!;
      gradient[i]! += penalty * all[i]!;
    }
    return loss;
  };
  const found = lbfgs(objective, new Float64Array(size + outputs), { tolerance: TOLERANCE, maxIterations });
  return {
    columns: x.columns,
    outputs,
    weights: merged.split(found.x.subarray(0, size), outputs),
    intercepts: found.x.slice(size),
    converged: found.converged,
    iterations: found.iterations,
  };
}

/** @param all - Weights, then intercepts. */
function scoresOf(
  { starts, indices, values }: SparseRows,
  row: number,
  all: Float64Array,
  size: number,
  columns: number,
  scores: Float64Array,
): void {
  for (let output = 0; output < scores.length; output++) {
    let sum = all[size + output]!;
    const base = output * columns;
    const end = starts[row + 1]!;
    for (let at = starts[row]!; at < end; at++) sum += all[base + indices[at]!]! * values[at]!;
    scores[output] = sum;
  }
}

/** Log loss of a row; puts in place of each score the probability less 1 for the row's own class. */
function lossAndErrors(scores: Float64Array, label: number): number {
  if (scores.length === 1) {
    const score = scores[0]!;
    const signed = label === 1 ? score : -score;
    scores[0] = 1 / (1 + Math.exp(-score)) - label;
    // ln(1 + e^−s), where e^−s may be too large a number.
    return signed > 0 ? Math.log1p(Math.exp(-signed)) : Math.log1p(Math.exp(signed)) - signed;
  }
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const own = scores[label]! - most;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    scores[i] = Math.exp(scores[i]! - most);
    sum += scores[i]!;
  }
  for (let i = 0; i < scores.length; i++) scores[i] = scores[i]! / sum - (i === label ? 1 : 0);
  return Math.log(sum) - own;
}

/** Probabilities, `[rows × classes]`. */
export function logisticProbabilities(
  { columns, outputs, weights, intercepts }: LogisticModel,
  x: SparseRows,
): Float32Array {
  const classes = outputs === 1 ? 2 : outputs;
  const all = new Float64Array(weights.length + outputs);
  all.set(weights);
  all.set(intercepts, weights.length);
  const scores = new Float64Array(outputs);
  const probabilities = new Float32Array(x.rows * classes);
  for (let row = 0; row < x.rows; row++) {
    scoresOf(x, row, all, weights.length, columns, scores);
    if (outputs === 1) {
      const positive = 1 / (1 + Math.exp(-scores[0]!));
      probabilities.set([1 - positive, positive], row * 2);
      continue;
    }
    const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const parts = scores.map((score) => Math.exp(score - most));
    const sum = parts.reduce((a, b) => a + b, 0);
    probabilities.set(
      parts.map((part) => part / sum),
      row * classes,
    );
  }
  return probabilities;
}
