/** A small head on sentence vectors of a pretrained encoder that stays as it is: transfer learning at the cost of `simple`. */
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { sentences, type VectorBatch, type VectorInput } from '../features/index.js';
import { randomStream } from '../random/index.js';
import { applyMask, dropoutMask } from './layers/dropout.js';
import { denseHead, portableHead } from './layers/head.js';
import { dropoutRate, hiddenUnits, TRAINING_PARAMETERS } from './parameters.js';
import type { SteppedKind } from './types.js';

const OWN = z.object({
  hidden_units: hiddenUnits('the sentence vector'),
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

  build({ layers: tf }, { input, classes }, parameters) {
    const { hidden_units, dropout } = OWN.parse(parameters);
    const vector = tf.input({ shape: [input.columns], name: 'sentence' });
    const features =
      dropout > 0 ? tf.layers.dropout({ name: 'dropout', rate: dropout }).apply(vector) : vector;
    const shape = { inputs: input.columns, classes, hiddenUnits: hidden_units };
    const probability = portableHead(tf, features as SymbolicTensor, shape);
    return tf.model({ name: 'encoder', inputs: vector, outputs: probability });
  },

  network(_engine, { input, classes, seed }, parameters) {
    const { hidden_units, dropout } = OWN.parse(parameters);
    const head = denseHead(
      { inputs: input.columns, classes, hiddenUnits: hidden_units },
      randomStream(seed, 'weights'),
    );
    return {
      trainable: head.trainable,
      weights: head.weights,
      forward({ values }, random) {
        const mask = dropoutMask(values.length, dropout, random);
        const { logits, backward } = head.forward(mask ? applyMask(values.slice(), mask) : values);
        return { logits, backward: (logitGradient) => backward(logitGradient).gradients };
      },
    };
  },
};
