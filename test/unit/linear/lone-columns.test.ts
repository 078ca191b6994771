/** Columns of one row become one column: fewer numbers to learn, the same model. */
import { expect, test } from 'vitest';
import { fitLogistic } from '../../../learning/linear/index.js';
import { lbfgs } from '../../../learning/linear/lbfgs.js';
import { mergeLoneColumns } from '../../../learning/linear/lone-columns.js';
import type { SparseRows } from '../../../learning/linear/sparse.js';

/** From rows of columns that are mostly 0. */
function sparse(dense: readonly (readonly number[])[]): SparseRows {
  const entries = dense.map((row) =>
    row.flatMap((value, column) => (value === 0 ? [] : [{ column, value }])),
  );
  const starts = new Int32Array(dense.length + 1);
  entries.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  return {
    rows: dense.length,
    columns: dense[0]!.length,
    starts,
    indices: Int32Array.from(entries.flat(), ({ column }) => column),
    values: Float64Array.from(entries.flat(), ({ value }) => value),
  };
}

/** Column 2 is in two rows; 0 and 4, 1, and 3 in one each; 5 in none. The last row is empty. */
const ROWS = [
  [3, 0, 1, 0, 4, 0],
  [0, -2, 0.5, 0, 0, 0],
  [0, 0, 0, 1.5, 0, 0],
  [0, 0, 0, 0, 0, 0],
];

test('what only one row has is one column of the same length, and its weight is shared out by value', () => {
  const { x, split } = mergeLoneColumns(sparse(ROWS));
  expect(x.columns).toBe(4);
  expect([...x.starts]).toEqual([0, 2, 4, 5, 5]);
  expect([...x.indices]).toEqual([0, 1, 0, 2, 3]);
  expect([...x.values]).toEqual([1, 5, 0.5, 2, 1.5]);
  expect([...split(Float64Array.of(7, 10, 20, 30), 1)]).toEqual([6, -20, 7, 30, 8, 0]);
  // Two outputs, one after the other.
  expect([...split(Float64Array.of(7, 10, 20, 30, 1, 5, 2, 3), 2)].slice(6)).toEqual([3, -2, 1, 3, 4, 0]);
});

test.each([2, 3])('the weights are those of the whole problem, with %i classes', (classes) => {
  const x = sparse(ROWS);
  const labels = Int32Array.of(0, 1, classes - 1, 1);
  const C = 3;
  const outputs = classes === 2 ? 1 : classes;
  const size = outputs * x.columns;
  // By the definition, over rows of all columns, with slopes by differences.
  const loss = (all: Float64Array): number => {
    let sum = 0;
    ROWS.forEach((row, i) => {
      const scores = Array.from({ length: outputs }, (_, output) =>
        row.reduce(
          (total, value, column) => total + value * all[output * x.columns + column]!,
          all[size + output]!,
        ),
      );
      const logits = outputs === 1 ? [0, scores[0]!] : scores;
      sum += Math.log(logits.reduce((total, score) => total + Math.exp(score), 0)) - logits[labels[i]!]!;
    });
    const squares = all.subarray(0, size).reduce((total, weight) => total + weight * weight, 0);
    return (sum + squares / (2 * C)) / ROWS.length;
  };
  const objective = (all: Float64Array, gradient: Float64Array): number => {
    for (let i = 0; i < all.length; i++) {
      const [up, down] = [all.slice(), all.slice()];
      up[i]! += 1e-5;
      down[i]! -= 1e-5;
      gradient[i] = (loss(up) - loss(down)) / 2e-5;
    }
    return loss(all);
  };
  const whole = lbfgs(objective, new Float64Array(size + outputs), { tolerance: 1e-8, maxIterations: 500 });
  const model = fitLogistic(x, labels, classes, { C, class_weight: 'none' });
  expect(model.weights).toHaveLength(size);
  model.weights.forEach((weight, i) => {
    expect(weight).toBeCloseTo(whole.x[i]!, 4);
  });
  expect(Math.max(...model.weights.map(Math.abs))).toBeGreaterThan(0.1);
});
