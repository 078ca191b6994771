/**
 * The recurrent classifier: word vectors, one or more LSTM layers, optionally in both directions, and a dense output on the last
 * hidden state (Hochreiter and Schmidhuber, 1997; both directions: Graves and Schmidhuber, 2005).
 */
import { z } from 'zod';
import { glorotUniform, orthogonal } from '../engine/index.js';
import { FIRST_WORD, TOKEN_PARAMETERS, type TokenBatch, type TokenInput, tokens } from '../features/index.js';
import { type Random, randomStream } from '../random/index.js';
import { dense, denseGradient } from './layers/dense.js';
import { applyMask, dropoutMask } from './layers/dropout.js';
import { initialVectors, lookUp, sumByWord } from './layers/embedding.js';
import { type LstmLayer, lstmLayer } from './layers/lstm.js';
import { dropoutRate, TRAINING_PARAMETERS, usualTokens } from './parameters.js';
import { type NamedWeights, outputs, type SteppedKind } from './types.js';

const OWN = z.object({
  units: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe('Size of the hidden state, in each direction.'),
  layers: z.number().int().min(1).max(4).default(1).describe('LSTM layers on top of each other.'),
  bidirectional: z.boolean().default(false).describe('Read the text in both directions.'),
  dropout: dropoutRate('the last hidden state, before the output'),
  input_dropout: dropoutRate("every LSTM layer's input, the same at every time step"),
  recurrent_dropout: dropoutRate(
    'the hidden state between time steps (several times slower where set-up had no C++ compiler)',
  ),
});
const { embedding_dim, trainable } = TOKEN_PARAMETERS.shape;
const read = OWN.extend({ embedding_dim, trainable });
const priced = read.extend({ max_tokens: TOKEN_PARAMETERS.shape.max_tokens });
const sized = read.extend({ vocabulary_size: TOKEN_PARAMETERS.shape.vocabulary_size });

/** Few rows are padded less and fit the nearer caches: with our kernel they cost nothing more, so predicting takes a seventh less. */
const PREDICTION_BATCH = 32;

export const lstm: SteppedKind<TokenBatch, TokenInput> = {
  name: 'lstm',
  description: 'LSTM layers over the word vectors, and a dense output on the last hidden state.',
  features: tokens,
  parameters: OWN,
  training: TRAINING_PARAMETERS,

  rowCost(parameters) {
    const { units, layers, bidirectional, embedding_dim, max_tokens } = priced.parse(parameters);
    const directions = bidirectional ? 2 : 1;
    const products = (columns: number): number => 4 * units * (columns + units) * directions;
    const all = products(embedding_dim) + (layers - 1) * products(units * directions);
    return 30 + 0.0003 * usualTokens(max_tokens) * all;
  },

  size(parameters) {
    const { vocabulary_size, embedding_dim, units, layers, bidirectional } = sized.parse(parameters);
    const directions = bidirectional ? 2 : 1;
    const layer = (columns: number): number => 4 * units * (columns + units + 1) * directions;
    const all = layer(embedding_dim) + (layers - 1) * layer(units * directions);
    return (vocabulary_size + FIRST_WORD) * embedding_dim + all + units * directions + 1;
  },

  build({ layers: tf }, shape, parameters) {
    const p = read.parse(parameters);
    const columns = outputs(shape.classes);
    const model = tf.sequential({ name: 'lstm' });
    model.add(
      tf.layers.embedding({
        name: 'embedding',
        inputShape: [null],
        inputDim: shape.input.vocabularySize,
        outputDim: p.embedding_dim,
        maskZero: true,
        embeddingsInitializer: 'zeros',
      }),
    );
    for (let index = 0; index < p.layers; index++) {
      const layer = tf.layers.lstm({
        name: `lstm_${index + 1}`,
        units: p.units,
        recurrentActivation: 'sigmoid',
        returnSequences: index < p.layers - 1,
        dropout: p.input_dropout,
        recurrentDropout: p.recurrent_dropout,
        kernelInitializer: 'zeros',
        recurrentInitializer: 'zeros',
      }) as ReturnType<typeof tf.layers.rnn>;
      model.add(
        p.bidirectional
          ? tf.layers.bidirectional({ name: `bidirectional_${index + 1}`, layer, mergeMode: 'concat' })
          : layer,
      );
    }
    if (p.dropout > 0) model.add(tf.layers.dropout({ name: 'dropout', rate: p.dropout }));
    model.add(
      tf.layers.dense({
        name: 'output',
        units: columns,
        activation: columns === 1 ? 'sigmoid' : 'softmax',
        kernelInitializer: 'zeros',
      }),
    );
    return model;
  },

  network(engine, shape, parameters) {
    const p = read.parse(parameters);
    const { kernel } = engine;
    const { trainable } = p;
    const width = p.embedding_dim;
    const columns = outputs(shape.classes);
    const random = randomStream(shape.seed, 'weights');
    const { vocabularySize } = shape.input;
    const table = initialVectors(shape.input, width, random);
    const vectorsOf = lookUp(table, width, kernel);
    const byWord = sumByWord(vocabularySize, width, kernel);
    const directions = p.bidirectional ? 2 : 1;
    const top = directions * p.units;
    const layers: LstmLayer[] = [];
    for (let index = 0; index < p.layers; index++) {
      const inputs = index === 0 ? width : top;
      layers.push(
        lstmLayer(engine.lstm, {
          inputs,
          units: p.units,
          weights: Array.from({ length: directions }, () => initialWeights(inputs, p.units, random)),
          returnSequences: index < p.layers - 1,
          inputDropout: p.input_dropout,
          recurrentDropout: p.recurrent_dropout,
        }),
      );
    }
    const output = { kernel: glorotUniform(top, columns, random), bias: new Float32Array(columns) };

    return {
      ...(kernel && { predictionBatch: PREDICTION_BATCH }),
      trainable: [
        ...(trainable ? [table] : []),
        ...layers.flatMap((layer) => layer.trainable),
        output.kernel,
        output.bias,
      ],
      weights: [
        { name: 'embedding/embeddings', shape: [vocabularySize, width], values: table },
        ...layers.flatMap((layer, index) => layerWeights(layer, index + 1)),
        { name: 'output/kernel', shape: [top, columns], values: output.kernel },
        { name: 'output/bias', shape: [columns], values: output.bias },
      ],
      // Of a frozen table no row changes.
      ...(trainable && { rowsRead: ({ ids }: TokenBatch) => ids }),
      forward(batch, random) {
        let x = vectorsOf(batch);
        const passes = layers.map((layer) => {
          const pass = layer.forward(x, batch, random);
          x = pass.output;
          return pass;
        });
        const mask = dropoutMask(x.length, p.dropout, random);
        const features = applyMask(x, mask); // [rows, top]
        return {
          logits: dense(features, output),
          backward(logitGradient) {
            const last = denseGradient(features, logitGradient, output);
            let dx = applyMask(last.dx, mask);
            const inner = [];
            for (const pass of passes.reverse()) {
              const gradients = pass.backward(dx);
              inner.unshift(...gradients.weights.map((values) => ({ values })));
              dx = gradients.input;
            }
            const others = [...inner, { values: last.dKernel }, { values: last.dBias }];
            return trainable ? [byWord(batch, dx), ...others] : others;
          },
        };
      },
    };
  },
};

/** Keras's defaults: Glorot kernel, orthogonal recurrent kernel, bias 1 on the forget gate (Jozefowicz et al., 2015), else 0. */
function initialWeights(inputs: number, units: number, random: Random) {
  const matrix = new Float32Array((inputs + units) * 4 * units);
  matrix.set(glorotUniform(inputs, 4 * units, random));
  matrix.set(orthogonal(units, 4 * units, random), inputs * 4 * units);
  return { matrix, bias: new Float32Array(4 * units).fill(1, units, 2 * units) };
}

function layerWeights({ inputs, units, weights }: LstmLayer, number: number): NamedWeights[] {
  return weights.flatMap(({ matrix, bias }, direction) => {
    const prefix =
      weights.length === 1
        ? `lstm_${number}`
        : `bidirectional_${number}/${direction === 0 ? 'forward' : 'backward'}_lstm_${number}`;
    const split = inputs * 4 * units;
    return [
      { name: `${prefix}/kernel`, shape: [inputs, 4 * units], values: matrix.subarray(0, split) },
      { name: `${prefix}/recurrent_kernel`, shape: [units, 4 * units], values: matrix.subarray(split) },
      { name: `${prefix}/bias`, shape: [4 * units], values: bias },
    ];
  });
}
