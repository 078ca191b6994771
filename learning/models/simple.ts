/**
 * The averaging classifier: word vectors, their mean over the words of the text, an optional hidden layer, and the
 * output. Small, and hard to beat on short texts (Iyyer et al., "Deep Unordered Composition Rivals Syntactic
 * Methods", ACL 2015).
 */
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { FIRST_WORD, TOKEN_PARAMETERS, type TokenBatch, type TokenInput, tokens } from '../features/index.js';
import { randomStream } from '../random/index.js';
import { applyMask, dropoutMask } from './layers/dropout.js';
import { initialVectors, sumByWord, sumOfVectors } from './layers/embedding.js';
import { denseHead, portableHead } from './layers/head.js';
import { dropoutRate, hiddenUnits, TRAINING_PARAMETERS, usualTokens } from './parameters.js';
import type { SteppedKind } from './types.js';

const OWN = z.object({
  hidden_units: hiddenUnits('the mean'),
  dropout: dropoutRate('the mean word vector'),
});
const { embedding_dim, trainable } = TOKEN_PARAMETERS.shape;
const read = OWN.extend({ embedding_dim, trainable });
const priced = read.extend({ max_tokens: TOKEN_PARAMETERS.shape.max_tokens });
const sized = read.extend({ vocabulary_size: TOKEN_PARAMETERS.shape.vocabulary_size });

export const simple: SteppedKind<TokenBatch, TokenInput> = {
  name: 'simple',
  description: 'Mean of the word vectors, an optional hidden layer, and a dense output.',
  features: tokens,
  parameters: OWN,
  training: TRAINING_PARAMETERS,

  rowCost(parameters) {
    const { embedding_dim, hidden_units, max_tokens } = priced.parse(parameters);
    return 8 + 0.03 * usualTokens(max_tokens) * embedding_dim + 0.01 * embedding_dim * hidden_units;
  },

  size(parameters) {
    const { vocabulary_size, embedding_dim, hidden_units } = sized.parse(parameters);
    const hidden = hidden_units * (embedding_dim + 1);
    return (vocabulary_size + FIRST_WORD) * embedding_dim + hidden + (hidden_units || embedding_dim) + 1;
  },

  build({ layers: tf }, shape, parameters) {
    const { embedding_dim, hidden_units, dropout } = read.parse(parameters);
    const words = tf.input({ shape: [null], dtype: 'int32', name: 'words' });
    const vectors = tf.layers
      .embedding({
        name: 'embedding',
        inputDim: shape.input.vocabularySize,
        outputDim: embedding_dim,
        embeddingsInitializer: 'zeros',
      })
      .apply(words);
    // TensorFlow.js's GlobalAveragePooling1D counts padding in. So every position gets a score, 0 for a word and −10⁹ for
    // padding; their softmax is 1/length on words and 0 on padding, and the weighted sum of vectors the masked mean.
    const scores = tf.layers
      .embedding({
        name: 'padding',
        inputDim: shape.input.vocabularySize,
        outputDim: 1,
        embeddingsInitializer: 'zeros',
        trainable: false,
      })
      .apply(words);
    const row = tf.layers.permute({ name: 'scores', dims: [2, 1] }).apply(scores);
    const share = tf.layers.activation({ name: 'share', activation: 'softmax' }).apply(row);
    const mean = tf.layers.dot({ name: 'mean', axes: [2, 1] }).apply([share, vectors] as never);
    let features = tf.layers.reshape({ name: 'features', targetShape: [embedding_dim] }).apply(mean);
    if (dropout > 0) features = tf.layers.dropout({ name: 'dropout', rate: dropout }).apply(features);
    const probability = portableHead(tf, features as SymbolicTensor, {
      inputs: embedding_dim,
      classes: shape.classes,
      hiddenUnits: hidden_units,
    });
    return tf.model({ name: 'simple', inputs: words, outputs: probability });
  },

  network({ kernel }, shape, parameters) {
    const { embedding_dim: width, hidden_units, dropout, trainable } = read.parse(parameters);
    const random = randomStream(shape.seed, 'weights');
    const { vocabularySize } = shape.input;
    const table = initialVectors(shape.input, width, random);
    const padding = new Float32Array(vocabularySize);
    padding[0] = -1e9;
    const head = denseHead({ inputs: width, classes: shape.classes, hiddenUnits: hidden_units }, random);
    const byWord = sumByWord(vocabularySize, width, kernel);

    return {
      trainable: [...(trainable ? [table] : []), ...head.trainable],
      weights: [
        { name: 'embedding/embeddings', shape: [vocabularySize, width], values: table },
        { name: 'padding/embeddings', shape: [vocabularySize, 1], values: padding },
        ...head.weights,
      ],
      // Of a frozen table no row changes.
      ...(trainable && { rowsRead: ({ ids }: TokenBatch) => ids }),
      forward(batch, random) {
        const mean = sumOfVectors(table, width, batch, kernel);
        divideRows(mean, width, batch.lengths);
        const mask = dropoutMask(mean.length, dropout, random);
        const features = applyMask(mean, mask);
        const { logits, backward } = head.forward(features);
        return {
          logits,
          backward(logitGradient) {
            const { dx, gradients } = backward(logitGradient);
            if (!trainable) return gradients;
            applyMask(dx, mask);
            divideRows(dx, width, batch.lengths);
            return [byWord(batch, dx), ...gradients];
          },
        };
      },
    };
  },
};

function divideRows(values: Float32Array, width: number, by: Int32Array): void {
  for (let r = 0; r < by.length; r++) {
    for (let d = r * width; d < (r + 1) * width; d++) values[d]! /= by[r]!;
  }
}
