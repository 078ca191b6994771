/** Every compiled kernel that this processor can run, beside TensorFlow.js, over sizes that fit no register. */
import { describe, expect, it } from 'vitest';
import { runnable, VARIANTS, variantsHere } from '#kernel-home';
import {
  type EncoderWeights,
  encoderNetwork,
  type FineTune,
  type PieceBatch,
} from '../../../learning/encoders/index.js';
import {
  type Engine,
  type Kernel,
  kernelProblem,
  loadEngine,
  loadKernel,
} from '../../../learning/engine/index.js';
import { type Random, randomStream } from '../../../learning/random/index.js';
import { distance } from './fixture.js';

const array = (length: number, random: Random, scale = 0.2, level = 0): Float32Array =>
  Float32Array.from({ length }, () => level + scale * random.normal());

interface Sizes {
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly lengths: readonly number[];
  readonly dropout?: number;
  readonly fineTune?: FineTune;
}

function configOf({ hidden, heads, intermediate, dropout = 0 }: Sizes) {
  return {
    architecture: 'bert',
    vocabulary: 50,
    hidden,
    heads,
    intermediate,
    layers: 2,
    positions: 300,
    firstPosition: 0,
    tokenTypes: 1,
    layerNormEpsilon: 1e-12,
    hiddenDropout: dropout,
    attentionDropout: dropout,
  };
}

function weightsOf({ hidden, intermediate }: Sizes): EncoderWeights {
  const random = randomStream(3, 'weights');
  const pair = (inputs: number, outputs: number) => ({
    weight: array(inputs * outputs, random, 1 / Math.sqrt(inputs)),
    bias: array(outputs, random),
  });
  const norm = () => ({ weight: array(hidden, random, 0.1, 1), bias: array(hidden, random) });
  return {
    embeddings: {
      word: array(50 * hidden, random),
      position: array(300 * hidden, random),
      type: array(hidden, random),
      norm: norm(),
    },
    layers: [1, 2].map(() => ({
      qkv: pair(hidden, 3 * hidden),
      attentionOutput: pair(hidden, hidden),
      attentionNorm: norm(),
      intermediate: pair(hidden, intermediate),
      output: pair(intermediate, hidden),
      outputNorm: norm(),
    })),
  };
}

function batchOf({ lengths }: Sizes): PieceBatch {
  const steps = Math.max(1, ...lengths);
  const rows = lengths.length;
  const ids = Int32Array.from({ length: rows * steps }, (_, k) =>
    k % steps < lengths[Math.floor(k / steps)]! ? (7 * k + 3) % 50 : 0,
  );
  return { ids, rows, steps, lengths: Int32Array.from(lengths), source: new Int32Array(rows) };
}

/** What a training pass gives: vectors, then each gradient. */
function passOf(engine: Engine, sizes: Sizes): Float32Array[] {
  const { fineTune = 'all' } = sizes;
  const network = encoderNetwork(engine, weightsOf(sizes), configOf(sizes), { pooling: 'mean', fineTune });
  const { pooled, backward } = network.forward(batchOf(sizes), randomStream(5, 'dropout'));
  const upstream = array(pooled.length, randomStream(6, 'upstream'), 1);
  const results = [pooled, ...backward(upstream).map(({ values }) => values.slice())];
  network.dispose();
  return results;
}

const CASES: Readonly<Record<string, Sizes>> = {
  'one token': { hidden: 8, heads: 2, intermediate: 12, lengths: [1] },
  'odd sizes': { hidden: 21, heads: 3, intermediate: 37, lengths: [5, 17, 1, 3] },
  'wider than a block': { hidden: 400, heads: 4, intermediate: 1600, lengths: [9, 2] },
  'more tokens than a block': { hidden: 32, heads: 2, intermediate: 64, lengths: [160, 7, 33] },
  dropout: { hidden: 24, heads: 2, intermediate: 40, lengths: [19, 19, 19], dropout: 0.3 },
  'the last layer': { hidden: 24, heads: 2, intermediate: 40, lengths: [6, 19], fineTune: { last: 1 } },
};

const names = runnable().map(({ name }) => name);

process.env.GRIDSEARCH_ENGINE = 'tfjs-node';

describe('compiled kernels', async () => {
  const engine = await loadEngine();
  const plain: Engine = { ...engine, kernel: undefined };
  const kernelOf = (name: string): Kernel => loadKernel({ ...process.env, GRIDSEARCH_KERNEL: name })!;

  it('are here for every variant of this machine', () => {
    expect(names.length).toBeGreaterThan(0);
    for (const { name } of variantsHere()) {
      const problem = kernelProblem({ ...process.env, GRIDSEARCH_KERNEL: name });
      expect(problem === undefined, problem).toBe(names.includes(name));
    }
  });

  describe.each(names)('%s', (name) => {
    it.each(Object.entries(CASES))('gives what TensorFlow.js gives for %s', (_, sizes) => {
      const ours = passOf({ ...plain, kernel: kernelOf(name) }, sizes);
      const theirs = passOf(plain, sizes);
      expect(ours.length).toBe(theirs.length);
      for (const [k, values] of theirs.entries()) {
        const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        expect(distance(ours[k]!, values) / scale, `array ${k}`).toBeLessThan(1e-4);
      }
    });

    it('shows a number that is none', () => {
      const sizes = CASES['odd sizes']!;
      const weights = weightsOf(sizes);
      weights.layers[0]!.output.weight[3] = Number.NaN;
      const network = encoderNetwork({ ...plain, kernel: kernelOf(name) }, weights, configOf(sizes), {
        pooling: 'mean',
        fineTune: 'all',
      });
      expect(network.forward(batchOf(sizes)).pooled.every(Number.isNaN)).toBe(true);
    });

    it('refuses arrays that are too short, rather than write beyond them', () => {
      const { adamWStep } = kernelOf(name);
      const [short, long] = [new Float32Array(3), new Float32Array(5)];
      expect(() => adamWStep(short, long, long, long, new Float64Array(4))).toThrow('w has 3 elements of 5');
      expect(() => adamWStep(long, long, long, long, new Float64Array(1))).toThrow('numbers has 1');
    });
  });

  it('give the same bits wherever multiply and add are fused', () => {
    const fused = names.filter((name) => name !== 'x86-64-v2').map(kernelOf);
    for (const sizes of Object.values(CASES)) {
      const [first, ...others] = fused.map((kernel) => passOf({ ...plain, kernel }, sizes));
      for (const other of others) {
        for (const [k, values] of first!.entries()) expect(distance(other[k]!, values)).toBe(0);
      }
    }
  });

  it('are chosen by what the processor has', () => {
    const [best, middle, least] = VARIANTS.x64!;
    const cpuinfo = ({ needs }: typeof best & object) => `processor : 0\nflags\t\t: fpu ${needs.join(' ')}\n`;
    const chosen = (text: string) => runnable(text).map(({ name }) => name);
    if (process.arch !== 'x64') return expect(chosen('')).toEqual(['armv8-a']);
    expect(chosen(cpuinfo(middle!))).toEqual(['x86-64-v3', 'x86-64-v2']);
    expect(chosen(cpuinfo(least!))).toEqual(['x86-64-v2']);
    expect(chosen(cpuinfo(best!)).length).toBe(3);
    expect(chosen('')).toEqual([]);
  });
});
