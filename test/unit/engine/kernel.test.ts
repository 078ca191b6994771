/** The compiled LSTM in every variant that this processor can run, beside plain arithmetic. */
import { describe, expect, it } from 'vitest';
import { runnable } from '#kernel-home';
import { type LstmShape, loadKernel } from '../../../learning/engine/index.js';
import { kernelLstm } from '../../../learning/engine/kernel-lstm.js';
import { randomStream } from '../../../learning/random/index.js';
import { type PlainLstm, plainLstm } from './plain-lstm.js';
import { distance, randomArray } from './texts.js';

const EDGES: LstmShape[] = [
  { steps: 1, rows: 1, inputs: 1, units: 1 },
  { steps: 3, rows: 0, inputs: 4, units: 5 },
  { steps: 0, rows: 3, inputs: 4, units: 5 },
  { steps: 1, rows: 5, inputs: 3, units: 16 },
  { steps: 2, rows: 1, inputs: 2, units: 1024 },
  { steps: 2, rows: 2, inputs: 500, units: 7 },
];
const random = randomStream(12, 'shapes');
const upTo = (most: number): number => 1 + Math.floor(random.uniform() * most);
const FUZZED = Array.from(
  { length: 24 },
  (): LstmShape => ({ steps: upTo(12), rows: upTo(40), inputs: upTo(20), units: upTo(40) }),
);

/** The same case for every variant; every other has a mask for recurrent dropout. */
function caseOf(shape: LstmShape, number: number) {
  const { steps, rows, inputs, units } = shape;
  const stream = randomStream(7, JSON.stringify(shape));
  return {
    x: randomArray(steps * rows * inputs, 1, stream),
    weights: {
      matrix: randomArray((inputs + units) * 4 * units, 1 / Math.sqrt(inputs + units), stream),
      bias: randomArray(4 * units, 0.3, stream),
    },
    dHidden: randomArray(steps * rows * units, 0.3, stream),
    mask:
      number % 2 === 0
        ? undefined
        : Float32Array.from({ length: rows * units }, () => (stream.uniform() < 0.3 ? 0 : 1 / 0.7)),
  };
}

function compiled(variant: string, shape: LstmShape, number: number): PlainLstm {
  const { x, weights, dHidden, mask } = caseOf(shape, number);
  const lstm = kernelLstm(loadKernel({ ...process.env, GRIDSEARCH_KERNEL: variant })!);
  const pass = lstm(x, weights, shape, { training: true, ...(mask && { recurrentMask: mask }) });
  const untrained = lstm(x, weights, shape, { training: false, ...(mask && { recurrentMask: mask }) });
  expect(distance(untrained.hidden, pass.hidden)).toBe(0);
  return { hidden: pass.hidden, ...pass.backward(dHidden) };
}

const shapes = [...EDGES, ...FUZZED];
const parts = ['hidden', 'input', 'matrix', 'bias'] as const;
const names = runnable().map(({ name }) => name);

describe('the compiled LSTM', () => {
  const expected = shapes.map((shape, number) => {
    const { x, weights, dHidden, mask } = caseOf(shape, number);
    return plainLstm(x, weights, shape, dHidden, mask);
  });

  it.each(names)('computes what plain arithmetic does: %s', (name) => {
    for (const [number, shape] of shapes.entries()) {
      const found = compiled(name, shape, number);
      for (const part of parts) {
        const scale = expected[number]![part].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        const far = distance(found[part], expected[number]![part]) / scale;
        expect(far, `${part} of ${JSON.stringify(shape)}`).toBeLessThan(1e-5);
      }
    }
  });

  it('gives the same bits wherever multiply and add are fused', () => {
    const [first, ...others] = names.filter((name) => name !== 'x86-64-v2');
    for (const [number, shape] of shapes.entries()) {
      const one = compiled(first!, shape, number);
      for (const other of others) {
        const two = compiled(other, shape, number);
        for (const part of parts) expect(distance(one[part], two[part])).toBe(0);
      }
    }
  });
});
