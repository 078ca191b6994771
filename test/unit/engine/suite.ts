/** What every engine must do; run once per engine, each in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as tfjs from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { lengthBatches } from '../../../learning/batches/index.js';
import { adam, type Engine, type LstmShape, loadEngine } from '../../../learning/engine/index.js';
import { tokenBatch } from '../../../learning/features/batches.js';
import { type EncodedTexts, type Parameters, tokenExamples } from '../../../learning/features/index.js';
import { modelParameters, type Network, toPortableModel } from '../../../learning/models/index.js';
import { randomStream } from '../../../learning/random/index.js';
import { trainClassifier } from '../../../learning/training/index.js';
import { steppedKind } from './stepped.js';
import { distance, randomArray, randomTexts, separable, separableTexts } from './texts.js';

const noValues: ArrayLike<number> = [];

export function engineSuite(name: Engine['name'], kernel = ''): void {
  let engine: Engine;
  beforeAll(async () => {
    process.env.GRIDSEARCH_KERNEL = kernel;
    process.env.GRIDSEARCH_ENGINE = name;
    engine = await loadEngine();
  });

  it('loads the engine asked for, once', async () => {
    expect(engine.name).toBe(name);
    expect(await loadEngine()).toBe(engine);
    expect(engine.threads).toBeGreaterThan(0);
  });

  describe('the LSTM kernel', () => {
    const shapes: LstmShape[] = [
      // Not one step: the stock layer's gradient of `unstack` fails on it.
      { steps: 2, rows: 1, inputs: 1, units: 1 },
      { steps: 7, rows: 3, inputs: 5, units: 4 },
      { steps: 16, rows: 33, inputs: 50, units: 32 },
      { steps: 32, rows: 8, inputs: 12, units: 65 },
      { steps: 64, rows: 2, inputs: 3, units: 128 },
    ];
    it.each(shapes)('puts out and differentiates what the stock layer does: %o', (shape) => {
      const { tf } = engine;
      const { steps, rows, inputs, units } = shape;
      const random = randomStream(7, JSON.stringify(shape));
      const x = randomArray(steps * rows * inputs, 1, random);
      const matrix = randomArray((inputs + units) * 4 * units, 0.3, random);
      const bias = randomArray(4 * units, 0.3, random);
      const dh = randomArray(steps * rows * units, 0.1, random);

      const pass = engine.lstm(x, { matrix, bias }, shape, { training: true });
      const gradients = pass.backward(dh);

      const split = inputs * 4 * units;
      const stock = { hidden: noValues, input: noValues, weights: [noValues] };
      tf.tidy(() => {
        const layer = tf.layers.lstm({
          units,
          recurrentActivation: 'sigmoid',
          recurrentInitializer: 'zeros',
          returnSequences: true,
        });
        const input = tf.variable(tf.transpose(tf.tensor3d(x, [steps, rows, inputs]), [1, 0, 2]));
        layer.apply(input); // creates the weights
        layer.setWeights([
          tf.tensor2d(matrix.slice(0, split), [inputs, 4 * units]),
          tf.tensor2d(matrix.slice(split), [units, 4 * units]),
          tf.tensor1d(bias),
        ]);
        const weights = layer.trainableWeights.map(variableOf);
        const weight = tf.transpose(tf.tensor3d(dh, [steps, rows, units]), [1, 0, 2]);
        const timeMajor = (t: tfjs.Tensor) => tf.transpose(t, [1, 0, 2]).dataSync().slice();
        const { grads } = tf.variableGrads(() => {
          const out = layer.apply(input) as tfjs.Tensor;
          stock.hidden = timeMajor(out);
          return tf.sum(tf.mul(out, weight)).asScalar();
        }, [input, ...weights]);
        stock.input = timeMajor(grads[input.name]!);
        stock.weights = weights.map(({ name }) => grads[name]!.dataSync().slice());
        layer.dispose();
        input.dispose();
      });

      expect(distance(pass.hidden, stock.hidden)).toBeLessThan(1e-4);
      // Sums over all steps, in another order on each kind of processor: they are held to the size of what they sum up to.
      const near = (found: ArrayLike<number>, expected: Float32Array): number =>
        distance(found, expected) / expected.reduce((most, one) => Math.max(most, Math.abs(one)), 1);
      expect(near(gradients.input, stock.input as Float32Array)).toBeLessThan(1e-4);
      expect(near(gradients.matrix.subarray(0, split), stock.weights[0]! as Float32Array)).toBeLessThan(1e-4);
      expect(near(gradients.matrix.subarray(split), stock.weights[1]! as Float32Array)).toBeLessThan(1e-4);
      expect(near(gradients.bias, stock.weights[2]! as Float32Array)).toBeLessThan(1e-4);
    });

    it('applies a recurrent dropout mask as if the recurrent kernel had been scaled', () => {
      const shape = { steps: 9, rows: 4, inputs: 3, units: 6 };
      const random = randomStream(3, 'mask');
      const split = shape.inputs * 4 * shape.units;
      const weights = { matrix: randomArray(9 * 24, 0.4, random), bias: randomArray(24, 0.2, random) };
      const factors = [0, 2, 2, 0, 1, 2];
      const scaled = weights.matrix.map((w, k) =>
        k < split ? w : w * factors[Math.floor((k - split) / 24)]!,
      );
      const x = randomArray(9 * 4 * 3, 1, random);
      const dh = randomArray(9 * 4 * 6, 1, random);

      const recurrentMask = Float32Array.from({ length: 24 }, (_, k) => factors[k % 6]!);
      const masked = engine.lstm(x, weights, shape, { training: true, recurrentMask });
      const plain = engine.lstm(x, { ...weights, matrix: scaled }, shape, { training: true });
      const [a, b] = [masked.backward(dh), plain.backward(dh)];
      const chained = b.matrix.map((g, k) => (k < split ? g : g * factors[Math.floor((k - split) / 24)]!));

      expect(distance(masked.hidden, plain.hidden)).toBeLessThan(1e-5);
      expect(distance(a.input, b.input)).toBeLessThan(1e-4);
      expect(distance(a.matrix, chained)).toBeLessThan(1e-4);
      expect(distance(a.bias, b.bias)).toBeLessThan(1e-4);
    });

    it('gives each row its own recurrent dropout mask', () => {
      const shape = { steps: 5, rows: 3, inputs: 2, units: 4 };
      const random = randomStream(4, 'masks');
      const weights = { matrix: randomArray(6 * 16, 0.5, random), bias: randomArray(16, 0.2, random) };
      const x = randomArray(5 * 3 * 2, 1, random);
      const recurrentMask = Float32Array.from([0, 2, 0, 2, 2, 0, 2, 0, 2, 2, 0, 0]);
      const hidden = engine.lstm(x, weights, shape, { training: false, recurrentMask }).hidden.slice();
      for (let row = 0; row < 3; row++) {
        const pick = (values: Float32Array, width: number) =>
          Float32Array.from({ length: 5 * width }, (_, k) => {
            const step = Math.floor(k / width);
            return values[(step * 3 + row) * width + (k % width)]!;
          });
        const alone = engine.lstm(
          pick(x, 2),
          weights,
          { ...shape, rows: 1 },
          {
            training: false,
            recurrentMask: recurrentMask.subarray(row * 4, row * 4 + 4),
          },
        );
        expect(distance(pick(hidden, 4), alone.hidden)).toBeLessThan(1e-6);
      }
    });

    it('has no gradients without training', () => {
      const shape = { steps: 1, rows: 1, inputs: 1, units: 1 };
      const weights = { matrix: new Float32Array(8), bias: new Float32Array(4) };
      const pass = engine.lstm(new Float32Array(1), weights, shape, { training: false });
      expect(() => pass.backward(new Float32Array(1))).toThrow('without `training`');
    });
  });

  const few = [5, 1, 12, 3, 12, 7];
  const many = Array.from({ length: 40 }, (_, r) => 1 + ((r * 13) % 32));
  const variants: [kind: string, classes: number, own: Parameters, lengths: number[]][] = [
    ['simple', 2, {}, few],
    ['simple', 4, { hidden_units: 7 }, few],
    ['lstm', 2, { units: 6 }, few],
    ['lstm', 3, { units: 5, layers: 2 }, few],
    ['lstm', 2, { units: 4, bidirectional: true }, few],
    ['lstm', 5, { units: 3, bidirectional: true, layers: 3 }, few],
    // The sizes of real searches.
    ['lstm', 2, { units: 32, embedding_dim: 50 }, many],
    ['lstm', 3, { units: 64, embedding_dim: 50, bidirectional: true, layers: 2 }, many],
  ];

  describe.each(variants)(
    '%s of %i classes with %o, texts of %j words',
    (kindName, classes, own, lengths) => {
      const kind = steppedKind(kindName);
      const vocabularySize = 40;
      const shape = { input: { vocabularySize }, classes, seed: 11 };
      const parameters = modelParameters(kind).parse({ embedding_dim: 8, ...own }) as Parameters;
      const texts = randomTexts(lengths, vocabularySize, Math.max(16, ...lengths));
      const labels = lengths.map((_, r) => r % classes);

      /** Weights far from their small starting values, so that errors show. */
      function grownNetwork(): Network {
        const network = kind.network(engine, shape, parameters);
        const random = randomStream(5, 'grown');
        const table = network.trainable[0]!;
        for (let k = parameters.embedding_dim as number; k < table.length; k++) table[k] = random.normal();
        return network;
      }

      it('predicts as its portable model of standard layers does', () => {
        const network = grownNetwork();
        const model = toPortableModel(engine, network.weights, kind, shape, parameters);
        const { logits } = network.forward(allRows(texts));
        const stock = engine.tf.tidy(() => {
          const input = engine.tf.tensor2d(texts.ids, [texts.rows, texts.maxTokens], 'int32');
          return (model.predict(input) as tfjs.Tensor).dataSync().slice();
        });
        model.dispose();
        expect(distance(outputsOf(logits, classes), stock)).toBeLessThan(1e-5);
      });

      it('differentiates as TensorFlow.js does its portable model', () => {
        const { tf } = engine;
        const network = grownNetwork();
        const model = toPortableModel(engine, network.weights, kind, shape, parameters);
        const pass = network.forward(allRows(texts), randomStream(1, 'unused: no dropout here'));
        const own = pass.backward(logitGradient(pass.logits, labels, classes));

        const variables = model.trainableWeights.map(variableOf);
        const stock = tf.tidy(() => {
          const input = tf.tensor2d(texts.ids, [texts.rows, texts.maxTokens], 'int32');
          const { grads } = tf.variableGrads(() => {
            const output = model.apply(input) as tfjs.Tensor2D;
            const hot =
              classes === 2
                ? tf.tensor2d(labels, [labels.length, 1])
                : tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32');
            const logs =
              classes === 2
                ? tf.add(tf.mul(hot, tf.log(output)), tf.mul(tf.sub(1, hot), tf.log(tf.sub(1, output))))
                : tf.mul(hot, tf.log(output));
            return tf.div(tf.neg(tf.sum(logs)), labels.length).asScalar();
          }, variables);
          return variables.map(({ name }) => grads[name]!.dataSync().slice());
        });
        model.dispose();

        // One array of ours may be two of the portable model's: an LSTM's kernel and recurrent kernel.
        const table = new Float32Array(network.trainable[0]!.length);
        const width = table.length / vocabularySize;
        own[0]!.rows!.forEach((word, k) => {
          table.set(own[0]!.values.subarray(k * width, (k + 1) * width), word * width);
        });
        const flat = [table, ...own.slice(1).map(({ values }) => values)].flatMap((values) => [...values]);
        const expected = stock
          .map((values, k) => (k === 0 ? values.fill(0, 0, width) : values))
          .flatMap((v) => [...v]);
        expect(distance(flat, expected)).toBeLessThan(1e-4);
      });

      it('does not depend on padding', () => {
        const network = grownNetwork();
        const found = [texts.maxTokens, 64].map((steps) => {
          const source = Int32Array.from(lengths.keys());
          const pass = network.forward(tokenBatch(texts, source, steps), randomStream(1, 'unused'));
          // The next pass uses their memory again.
          const gradients = pass
            .backward(logitGradient(pass.logits, labels, classes))
            .map(({ values, rows }) => ({ values: values.slice(), ...(rows && { rows: rows.slice() }) }));
          return { logits: pass.logits, gradients };
        });
        expect(distance(found[0]!.logits, found[1]!.logits)).toBeLessThan(1e-6);
        found[0]!.gradients.forEach(({ values, rows }, k) => {
          const other = found[1]!.gradients[k]!;
          const byRow = (g: typeof other) =>
            g.rows ? [...g.rows].map((row, at) => [row, ...slice(g.values, at, g.rows!.length)]) : [];
          expect(byRow(other).sort(byFirst)).toEqual(byRow({ values, rows }).sort(byFirst));
          if (!rows) expect(distance(values, other.values)).toBeLessThan(1e-6);
        });
      });
    },
  );

  const droppers: [kind: string, own: Parameters][] = [
    ['simple', { dropout: 0.4, hidden_units: 5 }],
    ['simple', { dropout: 0.4 }],
    [
      'lstm',
      { units: 4, layers: 2, bidirectional: true, dropout: 0.4, input_dropout: 0.3, recurrent_dropout: 0.3 },
    ],
    ['lstm', { units: 5, dropout: 0.4, input_dropout: 0.3 }],
  ];
  it.each(droppers)('%s differentiates through its dropout masks: %o', (kindName, own) => {
    const kind = steppedKind(kindName);
    const parameters = modelParameters(kind).parse({ embedding_dim: 6, ...own }) as Parameters;
    const network = kind.network(engine, { input: { vocabularySize: 30 }, classes: 2, seed: 2 }, parameters);
    const random = randomStream(6, 'dropped');
    // Small weights have gradients too small to measure; those of the table's padding row stay zero.
    for (const [k, values] of network.trainable.entries()) {
      for (let i = k === 0 ? 6 : 0; i < values.length; i++) values[i]! += 0.5 * random.normal();
    }
    const labels = few.map((_, r) => r % 2);
    const batch = allRows(randomTexts(few, 30, 16));
    /** The same masks every time. */
    const forward = () => network.forward(batch, randomStream(8, 'masks'));
    const loss = (): number => {
      const positive = outputsOf(forward().logits, 2);
      return (
        -labels.reduce((sum, label, r) => sum + Math.log(label ? positive[r]! : 1 - positive[r]!), 0) /
        few.length
      );
    };
    const pass = forward();
    const gradients = pass.backward(logitGradient(pass.logits, labels, 2));
    network.trainable.forEach((values, k) => {
      const gradient = new Float32Array(values.length);
      const { rows, values: found } = gradients[k]!;
      if (!rows) gradient.set(found);
      rows?.forEach((row, at) => {
        gradient.set(found.subarray(at * 6, at * 6 + 6), row * 6);
      });
      // Along the gradient, where its length is the slope, and along any other direction.
      const slope = Math.hypot(...gradient);
      const other = gradient.map((_, i) =>
        k === 0 && i < 6 ? 0 : random.normal() / Math.sqrt(values.length),
      );
      for (const direction of [gradient.map((g) => g / slope), other]) {
        const start = values.slice();
        const at = (step: number): number => {
          values.set(start.map((w, i) => w + step * direction[i]!));
          return loss();
        };
        const measured = (at(0.01) - at(-0.01)) / 0.02;
        values.set(start);
        const claimed = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
        expect(Math.abs(measured - claimed), `array ${k}`).toBeLessThan(2e-3 + 0.01 * slope);
      }
    });
  });

  const learners: [kind: string, classes: number, own: Parameters][] = [
    ['simple', 2, { learning_rate: 0.03, epochs: 10 }],
    ['simple', 3, { learning_rate: 0.03, epochs: 10, hidden_units: 8, dropout: 0.2 }],
    ['lstm', 2, { units: 16, learning_rate: 0.02 }],
    ['lstm', 3, { units: 16, learning_rate: 0.02, bidirectional: true, layers: 2 }],
    ['lstm', 2, { units: 16, learning_rate: 0.02, dropout: 0.2, input_dropout: 0.1, recurrent_dropout: 0.1 }],
  ];
  const learn = (kind: string, classes: number, own: Parameters, seed = 3, more = {}) =>
    trainClassifier({
      engine,
      kind: steppedKind(kind),
      parameters: modelParameters(kind).parse({ embedding_dim: 12, ...own }) as Parameters,
      classes,
      input: { vocabularySize: 42 },
      seed,
      train: separable(600, classes, 12, 1),
      validation: separable(200, classes, 12, 2),
      ...more,
    });

  it.each(learners)('%s learns %i separable classes with %o', async (kind, classes, own) => {
    const trained = await learn(kind, classes, own);
    expect(trained.history.at(-1)!.validation!.accuracy).toBeGreaterThan(0.95);
    const again = trained.predict(separable(200, classes, 12, 2).examples, 64);
    expect(distance(again, trained.validationProbabilities!)).toBeLessThan(1e-5);
  });

  it('gives the same numbers to the last bit for the same seed, and others for another', async () => {
    const own = { units: 8, dropout: 0.3, epochs: 2 };
    const [a, b, c] = [
      await learn('lstm', 2, own),
      await learn('lstm', 2, own),
      await learn('lstm', 2, own, 4),
    ];
    expect(a.weights()).toEqual(b.weights());
    expect(a.validationProbabilities).toEqual(b.validationProbabilities);
    const losses = (trained: typeof a) => trained.history.map(({ loss, validation }) => [loss, validation]);
    expect(losses(a)).toEqual(losses(b));
    expect(a.weights()).not.toEqual(c.weights());
  });

  const saved: [kind: string, classes: number, own: Parameters][] = [
    ['simple', 2, {}],
    ['simple', 3, { hidden_units: 6, dropout: 0.1 }],
    ['lstm', 2, { units: 8 }],
    ['lstm', 3, { units: 8, bidirectional: true, dropout: 0.1 }],
    ['lstm', 2, { units: 6, layers: 2, input_dropout: 0.1 }],
    ['lstm', 3, { units: 5, layers: 2, bidirectional: true }],
  ];
  it.each(saved)(
    'saves %s of %i classes with %o so that stock TensorFlow.js predicts the same',
    async (kind, classes, own) => {
      const { tf } = engine;
      const trained = await learn(kind, classes, { ...own, epochs: 2 });
      const { modelJson, weightData } = await trained.save();
      const json = JSON.parse(JSON.stringify(modelJson)) as {
        modelTopology: object;
        weightsManifest: tfjs.io.WeightsManifestConfig;
      };
      const model = await tf.loadLayersModel(
        tf.io.fromMemory({
          modelTopology: json.modelTopology,
          weightSpecs: json.weightsManifest[0]!.weights,
          weightData: Uint8Array.from(weightData).buffer,
        }),
      );
      const { texts } = separableTexts(50, classes, 12, 9);
      const stock = tf.tidy(() =>
        (model.predict(tf.tensor2d(texts.ids, [texts.rows, texts.maxTokens], 'int32')) as tfjs.Tensor)
          .dataSync()
          .slice(),
      );
      model.dispose();
      const both = classes === 2 ? [...stock].flatMap((positive) => [1 - positive, positive]) : stock;
      expect(distance(trained.predict(tokenExamples(texts)), both)).toBeLessThan(1e-5);
    },
  );

  it('keeps tensors and memory level over 50 folds', async () => {
    // A fold's weights and moments are 3 MB; one kept by each fold would be 120 MB at the end.
    const train = separable(64, 2, 12, 1);
    const own = { embedding_dim: 50, units: 64, epochs: 1, recurrent_dropout: name === 'wasm' ? 0.1 : 0 };
    const fold = async () =>
      (await learn('lstm', 2, own, 3, { input: { vocabularySize: 5002 }, train })).dispose();
    for (let k = 0; k < 10; k++) await fold();
    const [tensors, before] = [tensorCounts(engine), await memoryInUse()];
    for (let k = 0; k < 40; k++) await fold();
    const after = await memoryInUse();
    expect(tensorCounts(engine)).toEqual(tensors);
    expect(after.javascript - before.javascript).toBeLessThan(8 * 2 ** 20);
    expect(after.resident - before.resident).toBeLessThan(40 * 2 ** 20);
  });

  const stepped: [kind: string, classes: number, own: Parameters][] = [
    ['simple', 2, { hidden_units: 4 }],
    ['lstm', 3, { units: 4 }],
  ];
  it.each(stepped)(
    '%s of %i classes takes the steps that the mean log loss of each batch asks for',
    async (kindName, classes, own) => {
      const kind = steppedKind(kindName);
      const parameters = modelParameters(kind).parse({
        ...own,
        embedding_dim: 5,
        batch_size: 4,
        epochs: 1,
        learning_rate: 0.01,
      }) as Parameters;
      const [input, seed] = [{ vocabularySize: 30 }, 9];
      const texts = randomTexts(few, 30, 16);
      const labels = Int32Array.from(few, (_, r) => r % classes);
      const trained = await trainClassifier({
        engine,
        kind,
        parameters,
        classes,
        input,
        seed,
        train: { examples: tokenExamples(texts), labels },
      });

      // By hand: batches of four and of two rows, so that a gradient which is not a mean shows.
      const network = kind.network(engine, { input, classes, seed }, parameters);
      const optimizer = adam(network.trainable, 0.01);
      for (const source of lengthBatches(texts.lengths, 4, randomStream(seed, 'order'))) {
        const batch = tokenBatch(texts, source);
        optimizer.catchUp(batch.ids);
        const pass = network.forward(batch, randomStream(1, 'unused'));
        const own = Array.from(source, (row) => labels[row]!);
        optimizer.step(pass.backward(logitGradient(pass.logits, own, classes)));
      }
      optimizer.catchUpAll();
      const flat = (weights: { values: Float32Array }[]) => weights.flatMap(({ values }) => [...values]);
      expect(distance(flat(trained.weights()), flat([...network.weights]))).toBeLessThan(1e-6);
    },
  );

  it.each([
    ['simple', { embedding_dim: 7 }],
    ['simple', { embedding_dim: 7, hidden_units: 5 }],
    ['lstm', { embedding_dim: 3, units: 4 }],
    ['lstm', { embedding_dim: 3, units: 4, layers: 3, bidirectional: true }],
  ])('counts the numbers that %s holds: %o', (name, given) => {
    const kind = steppedKind(name);
    const parameters = modelParameters(name).parse({ ...given, vocabulary_size: 28 }) as Parameters;
    const shape = { input: { vocabularySize: 30 }, classes: 2, seed: 1 };
    const held = kind
      .network(engine, shape, parameters)
      .trainable.reduce((sum, { length }) => sum + length, 0);
    expect(kind.size(parameters)).toBe(held);
  });

  it('starts with a bias of 1 on the forget gate alone', () => {
    const kind = steppedKind('lstm');
    const parameters = modelParameters(kind).parse({ units: 3 }) as Parameters;
    const { weights } = kind.network(
      engine,
      { input: { vocabularySize: 10 }, classes: 2, seed: 1 },
      parameters,
    );
    const bias = weights.find(({ name }) => name === 'lstm_1/bias')!.values;
    expect([...bias]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });
}

/**
 * Bytes of JavaScript's heap and buffers, and of the whole process: the least that several garbage collections leave, as
 * buffers are freed some time after the objects that hold them.
 */
async function memoryInUse(): Promise<{ javascript: number; resident: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const least = { javascript: Number.POSITIVE_INFINITY, resident: Number.POSITIVE_INFINITY };
  for (let k = 0; k < 10; k++) {
    collect();
    await sleep(10);
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    least.javascript = Math.min(least.javascript, heapUsed + arrayBuffers);
    least.resident = Math.min(least.resident, rss);
  }
  return least;
}

/** Of TensorFlow.js, and of TensorFlow beneath it where there is one. */
function tensorCounts({ tf }: Engine): (number | undefined)[] {
  const { binding } = tf.backend() as unknown as { binding?: { getNumOfTensors(): number } };
  return [tf.memory().numTensors, binding?.getNumOfTensors()];
}

function variableOf(weight: tfjs.LayerVariable): tfjs.Variable {
  return (weight as unknown as { val: tfjs.Variable }).val;
}

function allRows(texts: EncodedTexts) {
  return tokenBatch(
    texts,
    Int32Array.from({ length: texts.rows }, (_, r) => r),
  );
}

function outputsOf(logits: Float32Array, classes: number): number[] {
  if (classes === 2) return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  const all: number[] = [];
  for (let from = 0; from < logits.length; from += classes) {
    const powers = Array.from(logits.subarray(from, from + classes), Math.exp);
    const sum = powers.reduce((total, power) => total + power);
    all.push(...powers.map((power) => power / sum));
  }
  return all;
}

/** Of the mean log loss. */
function logitGradient(logits: Float32Array, labels: readonly number[], classes: number): Float32Array {
  const columns = classes === 2 ? 1 : classes;
  return Float32Array.from(outputsOf(logits, classes), (probability, k) => {
    const label = labels[Math.floor(k / columns)]!;
    const target = classes === 2 ? label : Number(label === k % columns);
    return (probability - target) / labels.length;
  });
}

function slice(values: Float32Array, at: number, parts: number): Float32Array {
  const width = values.length / parts;
  return values.subarray(at * width, (at + 1) * width);
}

function byFirst(a: number[], b: number[]): number {
  return a[0]! - b[0]!;
}
