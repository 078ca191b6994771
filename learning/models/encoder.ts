/** A small head on sentence vectors of a pretrained encoder that stays as it is: transfer learning at the cost of `simple`. */
import { z } from 'zod';
import { glorotUniform } from '../engine/index.js';
import { sentences, type VectorBatch, type VectorInput } from '../features/index.js';
import { randomStream } from '../random/index.js';
import { dense, denseGradient } from './layers/dense.js';
import { applyMask, dropoutMask } from './layers/dropout.js';
import { dropoutRate, TRAINING_PARAMETERS } from './parameters.js';
import { outputs, type SteppedKind } from './types.js';

const OWN = z.object({
  hidden_units: z
    .number()
    .int()
    .min(0)
    .max(4096)
    .default(0)
    .describe('Units of a relu layer between the sentence vector and the output; 0 for none.'),
  dropout: dropoutRate('the sentence vector'),
});

/** A head learns from few numbers a row, and each epoch takes moments. */
const TRAINING = TRAINING_PARAMETERS.extend({
  epochs: TRAINING_PARAMETERS.shape.epochs
    .unwrap()
    .default(20)
    .describe('Passes over the training rows, at most.'),
  learning_rate: TRAINING_PARAMETERS.shape.learning_rate
    .unwrap()
    .default(0.003)
    .describe("Adam's step size."),
});

/** Of the named encoder; what a folder's has is known once it was read. */
const USUAL_COLUMNS = 384;

export const encoder: SteppedKind<VectorBatch, VectorInput> = {
  name: 'encoder',
  description:
    'Sentence vectors of a pretrained encoder that stays as it is, an optional hidden layer, and a dense output.',
  features: sentences,
  parameters: OWN,
  training: TRAINING,

  rowCost(parameters) {
    const { hidden_units } = OWN.parse(parameters);
    return 4 + 0.01 * USUAL_COLUMNS * Math.max(1, hidden_units);
  },

  size(parameters) {
    const { hidden_units } = OWN.parse(parameters);
    return hidden_units * (USUAL_COLUMNS + 1) + (hidden_units || USUAL_COLUMNS) + 1;
  },

  build({ tf }, { input, classes }, parameters) {
    const { hidden_units, dropout } = OWN.parse(parameters);
    const columns = outputs(classes);
    const vector = tf.input({ shape: [input.columns], name: 'sentence' });
    let features = vector as unknown as ReturnType<typeof tf.input>;
    const add = (layer: ReturnType<typeof tf.layers.dense> | ReturnType<typeof tf.layers.dropout>): void => {
      features = layer.apply(features) as ReturnType<typeof tf.input>;
    };
    if (dropout > 0) add(tf.layers.dropout({ name: 'dropout', rate: dropout }));
    if (hidden_units > 0) {
      add(
        tf.layers.dense({
          name: 'hidden',
          units: hidden_units,
          activation: 'relu',
          kernelInitializer: 'zeros',
        }),
      );
    }
    add(
      tf.layers.dense({
        name: 'output',
        units: columns,
        activation: columns === 1 ? 'sigmoid' : 'softmax',
        kernelInitializer: 'zeros',
      }),
    );
    return tf.model({ name: 'encoder', inputs: vector, outputs: features });
  },

  network(_engine, { input, classes, seed }, parameters) {
    const { hidden_units, dropout } = OWN.parse(parameters);
    const columns = outputs(classes);
    const random = randomStream(seed, 'weights');
    const hidden = hidden_units > 0 && {
      kernel: glorotUniform(input.columns, hidden_units, random),
      bias: new Float32Array(hidden_units),
    };
    const top = hidden_units || input.columns;
    const output = { kernel: glorotUniform(top, columns, random), bias: new Float32Array(columns) };
    return {
      trainable: [...(hidden ? [hidden.kernel, hidden.bias] : []), output.kernel, output.bias],
      weights: [
        ...(hidden
          ? [
              { name: 'hidden/kernel', shape: [input.columns, hidden_units], values: hidden.kernel },
              { name: 'hidden/bias', shape: [hidden_units], values: hidden.bias },
            ]
          : []),
        { name: 'output/kernel', shape: [top, columns], values: output.kernel },
        { name: 'output/bias', shape: [columns], values: output.bias },
      ],
      forward({ values }, random) {
        const mask = dropoutMask(values.length, dropout, random);
        const features = mask ? applyMask(values.slice(), mask) : values;
        const activated = hidden ? dense(features, hidden).map((value) => Math.max(0, value)) : features;
        return {
          logits: dense(activated, output),
          backward(logitGradient) {
            const last = denseGradient(activated, logitGradient, output);
            const above = [{ values: last.dKernel }, { values: last.dBias }];
            if (!hidden) return above;
            const { dKernel, dBias } = denseGradient(
              features,
              last.dx.map((g, i) => (activated[i]! > 0 ? g : 0)),
              hidden,
            );
            return [{ values: dKernel }, { values: dBias }, ...above];
          },
        };
      },
    };
  },
};
