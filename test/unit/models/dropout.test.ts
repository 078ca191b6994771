import { describe, expect, test } from 'vitest';
import type { LstmKernel, LstmOptions } from '../../../learning/engine/index.js';
import { dropoutMask } from '../../../learning/models/layers/dropout.js';
import { lstmLayer } from '../../../learning/models/layers/lstm.js';
import { randomStream } from '../../../learning/random/index.js';

test('a dropout mask drops its share and scales the rest, so that its mean stays 1', () => {
  const mask = dropoutMask(100_000, 0.25, randomStream(1, 'mask'))!;
  expect(new Set(mask)).toEqual(new Set([0, Math.fround(4 / 3)]));
  expect(mask.reduce((sum, value) => sum + value) / mask.length).toBeCloseTo(1, 1);
  expect(dropoutMask(10, 0, randomStream(1, 'mask'))).toBeUndefined();
  expect(dropoutMask(10, 0.5, undefined)).toBeUndefined();
});

describe('an LSTM layer in both directions', () => {
  const [rows, steps, inputs, units] = [6, 4, 3, 2];
  const calls: { input: Float32Array; options: LstmOptions }[] = [];
  const kernel: LstmKernel = (input, _weights, shape, options) => {
    calls.push({ input: input.slice(), options });
    return {
      hidden: new Float32Array(shape.steps * shape.rows * shape.units),
      backward: () => expect.fail(),
    };
  };
  const weights = [1, 2].map(() => ({ matrix: new Float32Array(40), bias: new Float32Array(8) }));
  const layer = lstmLayer(kernel, {
    inputs,
    units,
    weights,
    returnSequences: false,
    inputDropout: 0.5,
    recurrentDropout: 0.5,
  });
  const batch = {
    ids: new Int32Array(rows * steps),
    lengths: new Int32Array(rows).fill(steps),
    rows,
    steps,
    source: Int32Array.from({ length: rows }, (_, r) => r),
  };
  layer.forward(new Float32Array(steps * rows * inputs).fill(1), batch, randomStream(3, 'dropout'));

  test('masks the input of each direction on its own, the same at every step', () => {
    expect(calls).toHaveLength(2);
    const masks = calls.map(({ input }) => [...input.subarray(0, rows * inputs)]);
    for (const [direction, mask] of masks.entries()) {
      expect(new Set(mask)).toEqual(new Set([0, 2]));
      for (let step = 1; step < steps; step++) {
        const at = step * rows * inputs;
        expect([...calls[direction]!.input.subarray(at, at + rows * inputs)]).toEqual(mask);
      }
    }
    expect(masks[0]).not.toEqual(masks[1]);
  });

  test('gives the kernel a recurrent mask of each direction, in which rows differ', () => {
    const masks = calls.map(({ options }) => [...options.recurrentMask!]);
    for (const mask of masks) {
      expect(mask).toHaveLength(rows * units);
      expect(new Set(mask)).toEqual(new Set([0, 2]));
      expect(
        new Set(Array.from({ length: rows }, (_, r) => mask.slice(r * units, (r + 1) * units).join())).size,
      ).toBeGreaterThan(1);
    }
    expect(masks[0]).not.toEqual(masks[1]);
  });

  test('drops nothing where it predicts', () => {
    calls.length = 0;
    layer.forward(new Float32Array(steps * rows * inputs).fill(1), batch);
    for (const { input, options } of calls) {
      expect(new Set(input)).toEqual(new Set([1]));
      expect(options.recurrentMask).toBeUndefined();
    }
  });
});
