/** What the encoders must do on every engine; run once per engine, each in a process of its own. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adamW,
  type Checkpoint,
  clipScale,
  type EncoderArray,
  type EncoderNetwork,
  type EncoderSettings,
  encoderNetwork,
  globalNorm,
  linearSchedule,
} from '../../../learning/encoders/index.js';
import { type Engine, type Gradient, loadEngine } from '../../../learning/engine/index.js';
import { randomStream } from '../../../learning/random/index.js';
import { arraysIn, batchOf, checkpointOf, distance, expectedOf, NAMES, still } from './fixture.js';

/** Adam divides a gradient by its own size, so what is rounded in a small one shows in a whole step. */
const STEP_TOLERANCE = 1e-4;

export function encoderSuite(engineName: Engine['name'], kernel = ''): void {
  let engine: Engine;
  beforeAll(async () => {
    process.env.GRIDSEARCH_ENGINE = engineName;
    process.env.GRIDSEARCH_KERNEL = kernel;
    engine = await loadEngine();
  });
  const build = (
    checkpoint: Checkpoint,
    settings: Partial<EncoderSettings> = {},
    config = still(checkpoint),
  ) => encoderNetwork(engine, checkpoint.weights, config, { pooling: 'mean', fineTune: 'all', ...settings });
  const random = () => randomStream(1, 'dropout');

  describe.each(NAMES)('%s', (name) => {
    const expected = expectedOf(name);
    const batches = expected.batches.map(({ rows }) => batchOf(rows));
    const { pooling } = expected;
    const upstream = expected.batches.map((batch) => Float32Array.from(batch.upstream));

    it.each(['mean', 'cls'] as const)('gives the vectors that PyTorch gives, pooled by %s', (by) => {
      const network = build(checkpointOf(name), { pooling: by });
      for (const [k, batch] of batches.entries()) {
        expect(distance(network.forward(batch).pooled, expected.batches[k]![by])).toBeLessThan(1e-5);
        expect(distance(network.forward(batch, random()).pooled, expected.batches[k]![by])).toBeLessThan(
          1e-5,
        );
      }
      network.dispose();
    });

    it('gives the gradients that PyTorch gives', () => {
      const network = build(checkpointOf(name), { pooling });
      const gradients = network.forward(batches[0]!, random()).backward(upstream[0]!);
      const theirs = arraysIn(name, 'gradients.safetensors');
      expect(gradients.length).toBe(theirs.length);
      for (const [k, array] of network.trained.entries()) {
        expect(theirs[k]!.name).toBe(array.name);
        expect(
          distance(dense(gradients[k]!, array.values.length), theirs[k]!.values),
          array.name,
        ).toBeLessThan(1e-4);
      }
      network.dispose();
    });

    it('takes the steps that PyTorch takes, clipped, warmed up and decayed', () => {
      const network = build(checkpointOf(name), { pooling });
      const { learningRate, weightDecay, maxNorm, warmUpSteps, steps, order } = expected.training;
      const optimizer = adamW(
        network.trained.map(({ values, decays }) => ({
          values,
          weightDecay: decays ? weightDecay : 0,
          rateScale: 1,
        })),
        engine.kernel,
      );
      for (const [count, k] of order.entries()) {
        optimizer.catchUp(batches[k]!.ids);
        const gradients = network.forward(batches[k]!, random()).backward(upstream[k]!);
        const rate = learningRate * linearSchedule(count, steps, warmUpSteps);
        optimizer.step(gradients, rate, clipScale(globalNorm(gradients, engine.kernel), maxNorm));
        network.refresh();
        if (count === 1) {
          optimizer.catchUpAll();
          expectAlike(network, arraysIn(name, 'one-step.safetensors'));
        }
      }
      optimizer.catchUpAll();
      expectAlike(network, arraysIn(name, 'steps.safetensors'));
      network.dispose();
    });

    it('gives the same gradients for the trained part when the rest is frozen, and none for the rest', () => {
      const whole = build(checkpointOf(name), { pooling });
      const all = whole.forward(batches[0]!, random()).backward(upstream[0]!);
      const last = build(checkpointOf(name), { pooling, fineTune: { last: 1 } });
      const some = last.forward(batches[0]!, random()).backward(upstream[0]!);
      expect(some.length).toBe(12);
      expect(last.trained.every(({ depth }) => depth === 2)).toBe(true);
      for (const [k, { values }] of some.entries()) {
        expect(distance(values, all[all.length - 12 + k]!.values)).toBe(0);
      }
      const head = build(checkpointOf(name), { pooling, fineTune: 'head' });
      expect(head.trained).toEqual([]);
      expect(head.forward(batches[0]!, random()).backward(upstream[0]!)).toEqual([]);
      for (const network of [whole, last, head]) network.dispose();
    });

    it('does not let padding change a row', () => {
      const network = build(checkpointOf(name), { pooling });
      const together = network.forward(batches[0]!).pooled;
      const hidden = together.length / batches[0]!.rows;
      for (const [r, row] of expected.batches[0]!.rows.entries()) {
        const alone = network.forward(batchOf([row])).pooled;
        expect(distance(alone, together.subarray(r * hidden, (r + 1) * hidden))).toBeLessThan(1e-5);
      }
      network.dispose();
    });

    it('drops as its seed says, in training passes only, and differentiates what it dropped', () => {
      const checkpoint = checkpointOf(name);
      const network = build(
        checkpoint,
        { pooling },
        { ...checkpoint.config, hiddenDropout: 0.2, attentionDropout: 0.2 },
      );
      const forward = () => network.forward(batches[0]!, random());
      const loss = (pooled: Float32Array) =>
        pooled.reduce((sum, value, k) => sum + value * upstream[0]![k]!, 0);
      expect(distance(network.forward(batches[0]!).pooled, expected.batches[0]![pooling])).toBeLessThan(1e-5);
      const first = forward();
      expect(distance(first.pooled, expected.batches[0]![pooling])).toBeGreaterThan(0.01);
      expect(
        distance(network.forward(batches[0]!, randomStream(2, 'dropout')).pooled, first.pooled),
      ).toBeGreaterThan(0.01);
      const gradients = first.backward(upstream[0]!);
      // Along the gradient of the last layers' and the embeddings' weights, the loss rises by the gradient's squared norm.
      for (const k of [0, 5, network.trained.length - 4]) {
        const { values } = network.trained[k]!;
        const direction = dense(gradients[k]!, values.length);
        const squared = direction.reduce((sum, value) => sum + value * value, 0);
        const width = 4e-3 / Math.sqrt(squared);
        const before = values.slice();
        const at = (move: number) => {
          for (let i = 0; i < values.length; i++) values[i] = before[i]! + move * direction[i]!;
          network.refresh();
          return loss(forward().pooled);
        };
        const slope = (at(width) - at(-width)) / (2 * width);
        at(0);
        expect(Math.abs(slope / squared - 1), network.trained[k]!.name).toBeLessThan(0.01);
      }
      expect(distance(forward().pooled, first.pooled)).toBe(0);
      network.dispose();
    });

    it('leaves no tensor behind', () => {
      const before = engine.tf.memory().numTensors;
      const network = build(checkpointOf(name), { pooling }, checkpointOf(name).config);
      const own = engine.tf.memory().numTensors;
      for (const batch of batches) {
        network.forward(batch);
        network.forward(batch, random()).backward(new Float32Array(upstream[batches.indexOf(batch)]!));
        network.refresh();
      }
      expect(engine.tf.memory().numTensors).toBe(own);
      network.dispose();
      expect(engine.tf.memory().numTensors).toBe(before);
    });
  });
}

function dense({ values, rows }: Gradient, size: number): Float32Array {
  if (!rows) return values;
  const all = new Float32Array(size);
  const columns = values.length / rows.length;
  rows.forEach((row, k) => {
    all.set(values.subarray(k * columns, (k + 1) * columns), row * columns);
  });
  return all;
}

/**
 * But for the key's bias: added to every key, it moves all scores of a token alike, so its gradient is 0 but for rounding, and Adam
 * makes whole steps of rounding.
 */
function expectAlike(network: EncoderNetwork, theirs: readonly EncoderArray[]): void {
  const compared = ({ name, values }: EncoderArray): Float32Array => {
    if (!name.endsWith('/qkv/bias')) return values;
    const hidden = values.length / 3;
    return values.filter((_, k) => k < hidden || k >= 2 * hidden);
  };
  for (const [k, array] of network.trained.entries()) {
    expect(distance(compared(array), compared(theirs[k]!)), array.name).toBeLessThan(STEP_TOLERANCE);
  }
}
