/** The parts of the engine that need no TensorFlow. */
import { afterEach, describe, expect, it } from 'vitest';
import { adam } from '../../../worker/engine/adam.js';
import { lengthBatches, sortedBatches, tokenBatch } from '../../../worker/engine/batches.js';
import { glorotUniform, orthogonal } from '../../../worker/engine/initializers.js';
import { randomStream, shuffle } from '../../../worker/engine/random.js';
import { threadCount } from '../../../worker/engine/threads.js';
import { distance, encode, randomTexts } from './texts.js';

describe('random streams', () => {
  const first = (seed: number, purpose: string) => {
    const random = randomStream(seed, purpose);
    return Array.from({ length: 4 }, () => random.uint32());
  };

  it('stay the same from version to version', () => {
    expect(first(42, 'order')).toMatchInlineSnapshot(`
      [
        4204413867,
        1453723764,
        2302489839,
        3985869714,
      ]
    `);
  });

  it('differ by seed, by its upper bits and by purpose', () => {
    const streams = [first(1, 'a'), first(2, 'a'), first(1 + 2 ** 32, 'a'), first(1, 'b')].map(String);
    expect(new Set(streams).size).toBe(4);
  });

  it('draw uniform and normal numbers', () => {
    const random = randomStream(1, 'moments');
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    const uniform = Array.from({ length: 50_000 }, () => random.uniform());
    const normal = Array.from({ length: 50_000 }, () => random.normal());
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(Math.max(...uniform.slice(0, 10_000))).toBeLessThan(1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1);
  });

  it('shuffle without losing anything', () => {
    const shuffled = shuffle(
      Int32Array.from({ length: 100 }, (_, i) => i),
      randomStream(1, 'x'),
    );
    expect(Array.from(shuffled)).not.toEqual(Array.from(shuffled).sort((a, b) => a - b));
    expect(new Set(shuffled).size).toBe(100);
  });
});

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

describe('Adam', () => {
  it('follows its equations', () => {
    const weights = Float32Array.from([1]);
    const step = adam([weights], 0.1);
    let [m, v, expected] = [0, 0, 1];
    for (let t = 1; t <= 5; t++) {
      const g = t % 2 ? 0.5 : -0.2;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      expected -= (0.1 * Math.sqrt(1 - 0.999 ** t) * m) / (1 - 0.9 ** t) / (Math.sqrt(v) + 1e-7);
      step([{ values: Float32Array.from([g]) }]);
      expect(weights[0]).toBeCloseTo(expected, 5);
    }
  });

  it('leaves rows that a batch does not use untouched, and equals dense Adam when every row is used', () => {
    const start = [1, 2, 3, 4, 5, 6];
    const [lazy, full] = [Float32Array.from(start), Float32Array.from(start)];
    const [lazyStep, fullStep] = [adam([lazy], 0.01), adam([full], 0.01)];
    lazyStep([{ rows: Int32Array.from([2, 0, 1]), values: Float32Array.from([5, 6, 1, 2, 3, 4]) }]);
    fullStep([{ values: Float32Array.from([1, 2, 3, 4, 5, 6]) }]);
    expect(lazy).toEqual(full);
    lazyStep([{ rows: Int32Array.from([1]), values: Float32Array.from([1, 1]) }]);
    expect([lazy[0], lazy[1], lazy[4], lazy[5]]).toEqual([full[0], full[1], full[4], full[5]]);
    expect(lazy[2]).not.toBe(full[2]);
  });
});

describe('batches', () => {
  const texts = randomTexts(
    Array.from({ length: 1000 }, (_, r) => 1 + ((r * 7) % 32)),
    50,
    32,
  );

  it('hold every row once, in an order that the seed alone decides', () => {
    const order = (seed: number) =>
      lengthBatches(texts.lengths, 32, randomStream(seed, 'order')).map((b) => [...b]);
    expect(new Set(order(1).flat()).size).toBe(1000);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it('leave little padding', () => {
    const padded = lengthBatches(texts.lengths, 32, randomStream(1, 'order'))
      .map((source) => tokenBatch(texts, source))
      .reduce((sum, { steps, rows }) => sum + steps * rows, 0);
    const tokens = texts.lengths.reduce((sum, length) => sum + length);
    expect(padded / tokens).toBeLessThan(1.1);
  });

  it('are time-major and end in padding', () => {
    const small = encode([[5, 6, 7], [8]], 4);
    const batch = tokenBatch(small, Int32Array.from([1, 0]));
    expect(batch.steps).toBe(3);
    expect([...batch.ids]).toEqual([8, 5, 0, 6, 0, 7]);
    expect([...batch.lengths]).toEqual([1, 3]);
    expect(tokenBatch(small, Int32Array.from([0]), 4).steps).toBe(4);
  });

  it('are sorted for prediction', () => {
    const lengths = sortedBatches(texts.lengths, 64).flatMap((source) =>
      [...source].map((r) => texts.lengths[r]!),
    );
    expect(
      distance(
        lengths,
        [...lengths].sort((a, b) => a - b),
      ),
    ).toBe(0);
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
