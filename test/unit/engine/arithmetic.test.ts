/** The parts of the engine that need no TensorFlow. */
import { afterEach, describe, expect, it } from 'vitest';
import { runnable } from '#kernel-home';
import { adam, glorotUniform, type Kernel, loadKernel, orthogonal } from '../../../learning/engine/index.js';
import { threadCount } from '../../../learning/engine/threads.js';
import { randomStream } from '../../../learning/random/index.js';
import { distance, randomArray } from './texts.js';

describe('initial weights', () => {
  it('have orthonormal recurrent rows', () => {
    const [rows, columns] = [12, 48];
    const matrix = orthogonal(rows, columns, randomStream(1, 'w'));
    const products = [];
    for (let a = 0; a < rows; a++) {
      for (let b = 0; b < rows; b++) {
        let sum = 0;
        for (let c = 0; c < columns; c++) sum += matrix[a * columns + c]! * matrix[b * columns + c]!;
        products.push(sum - Number(a === b));
      }
    }
    expect(Math.max(...products.map(Math.abs))).toBeLessThan(1e-5);
  });

  it("stay within Glorot's limit", () => {
    const values = glorotUniform(10, 20, randomStream(1, 'w'));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 30));
  });
});

const moves: [string, Kernel | undefined][] = [
  ['in plain arrays', undefined],
  ...runnable().map(({ name }): [string, Kernel | undefined] => [
    name,
    loadKernel({ ...process.env, GRIDSEARCH_KERNEL: name }),
  ]),
];

describe.each(moves)('Adam, %s', (_name, kernel) => {
  /** The paper's loop over every weight, in double precision. */
  function plainAdam(weights: number[], learningRate: number) {
    const [m, v] = [weights.map(() => 0), weights.map(() => 0)];
    let t = 0;
    return (gradient: ArrayLike<number>) => {
      t++;
      weights.forEach((_, i) => {
        m[i] = 0.9 * m[i]! + 0.1 * gradient[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * gradient[i]! ** 2;
        const alpha = (learningRate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
        weights[i]! -= (alpha * m[i]!) / (Math.sqrt(v[i]!) + 1e-7);
      });
    };
  }

  it('follows its equations', () => {
    const [weights, expected] = [Float32Array.of(1, -2), [1, -2]];
    const [optimizer, plain] = [adam([weights], 0.1, kernel), plainAdam(expected, 0.1)];
    for (let t = 1; t <= 5; t++) {
      const gradient = Float32Array.of(t % 2 ? 0.5 : -0.2, 3);
      optimizer.step([{ values: gradient }]);
      plain(gradient);
      expect(distance(weights, expected)).toBeLessThan(1e-6);
    }
  });

  it('moves rows that most batches lack as if every step had moved every row', () => {
    const [rows, columns] = [12, 3];
    const random = randomStream(4, 'rare rows');
    const weights = randomArray(rows * columns, 1, random);
    const expected = [...weights];
    const [optimizer, plain] = [adam([weights], 0.01, kernel), plainAdam(expected, 0.01)];
    for (let t = 1; t <= 320; t++) {
      // Row r takes part in every (r² + 1)th step on average: row 0 in all, row 11 once or twice or never.
      const batch = Int32Array.from({ length: rows }, (_, row) => row)
        .reverse()
        .filter((row) => row === 0 || random.uniform() < 1 / (row * row + 1));
      const read = Int32Array.from([...batch, ...batch, 5]);
      optimizer.catchUp(read);
      for (const row of read) {
        const [from, to] = [row * columns, (row + 1) * columns];
        expect(distance(weights.subarray(from, to), expected.slice(from, to))).toBeLessThan(1e-5);
      }
      const values = randomArray(batch.length * columns, 0.1, random);
      const gradient = new Float32Array(rows * columns);
      batch.forEach((row, i) => {
        gradient.set(values.subarray(i * columns, (i + 1) * columns), row * columns);
      });
      optimizer.step([{ rows: batch, values }]);
      plain(gradient);
    }
    optimizer.catchUpAll();
    expect(distance(weights, expected)).toBeLessThan(1e-5);
    const settled = weights.slice();
    optimizer.catchUpAll();
    expect(weights).toEqual(settled);
  });

  it.each([10, 10_000])('touches the rows of its batch alone, out of %i', (rows) => {
    const weights = new Float32Array(2 * rows);
    const optimizer = adam([weights], 0.01, kernel);
    const all = Int32Array.from({ length: rows }, (_, row) => row);
    optimizer.step([{ rows: all, values: new Float32Array(2 * rows).fill(1) }]); // every row has momentum now
    const before = weights.slice();
    for (const row of [3, 7]) {
      const batch = Int32Array.of(row);
      optimizer.catchUp(batch);
      optimizer.step([{ rows: batch, values: Float32Array.of(1, 1) }]);
    }
    const touched = all.filter((row) => weights[2 * row] !== before[2 * row]);
    expect([...touched]).toEqual([3, 7]);
  });
});

describe('GRIDSEARCH_THREADS', () => {
  afterEach(() => {
    delete process.env.GRIDSEARCH_THREADS;
  });

  it('sets the threads of a process, 1 unless told', () => {
    expect(threadCount()).toBe(1);
    process.env.GRIDSEARCH_THREADS = '3';
    expect(threadCount()).toBe(3);
  });

  it.each(['0', '-1', 'two', '1.5'])('is refused when it is %s', (value) => {
    process.env.GRIDSEARCH_THREADS = value;
    expect(threadCount).toThrow(`GRIDSEARCH_THREADS is "${value}"`);
  });
});
