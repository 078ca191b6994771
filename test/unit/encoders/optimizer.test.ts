import { describe, expect, it } from 'vitest';
import { adamW, clipScale, globalNorm, layerRate, linearSchedule } from '../../../learning/encoders/index.js';
import { randomStream } from '../../../learning/random/index.js';
import { distance } from './fixture.js';

describe('AdamW', () => {
  it('moves rows that batches leave out as if their gradients had been zero', () => {
    const random = randomStream(3, 'rows');
    const [rows, columns, steps] = [6, 4, 60];
    const start = Float32Array.from({ length: rows * columns }, () => random.normal());
    const [sparse, dense] = [start.slice(), start.slice()];
    const settings = { weightDecay: 0.5, rateScale: 0.7 };
    const [deferred, plain] = [
      adamW([{ values: sparse, ...settings }]),
      adamW([{ values: dense, ...settings }]),
    ];
    for (let step = 0; step < steps; step++) {
      const rate = 0.02 * linearSchedule(step, steps + 10, 5);
      // Row 5 is never read, row 0 always, the others now and then.
      const read = Int32Array.from(
        [0, 1, 2, 3, 4].filter((row) => row === 0 || (step + row) % (row * 5) === 0),
      );
      const values = Float32Array.from({ length: read.length * columns }, () => random.normal());
      const all = new Float32Array(rows * columns);
      read.forEach((row, k) => {
        all.set(values.subarray(k * columns, (k + 1) * columns), row * columns);
      });
      deferred.catchUp(read);
      for (const row of read) {
        const place = [row * columns, (row + 1) * columns] as const;
        expect(distance(sparse.subarray(...place), dense.subarray(...place))).toBeLessThan(1e-5);
      }
      deferred.step([{ values, rows: read }], rate);
      plain.step([{ values: all }], rate);
    }
    expect(distance(sparse, dense)).toBeGreaterThan(1e-3);
    deferred.catchUpAll();
    expect(distance(sparse, dense)).toBeLessThan(1e-5);
  });
});

describe('rates', () => {
  it('warm up from 0 and fall to 0', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((step) => linearSchedule(step, 6, 2))).toEqual([
      0, 0.5, 1, 0.75, 0.5, 0.25, 0,
    ]);
    expect(linearSchedule(0, 4, 0)).toBe(1);
  });

  it('fall from the head to the embeddings', () => {
    expect([3, 2, 1, 0].map((depth) => layerRate(depth, 2, 0.5))).toEqual([1, 0.5, 0.25, 0.125]);
  });

  it('cut gradients to a norm over all of them', () => {
    const gradients = [
      { values: Float32Array.of(3) },
      { values: Float32Array.of(0, 4), rows: Int32Array.of(7) },
    ];
    expect(globalNorm(gradients)).toBe(5);
    expect(clipScale(5, 1)).toBeCloseTo(0.2, 6);
    expect(clipScale(0.5, 1)).toBe(1);
  });
});
