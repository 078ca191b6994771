/**
 * A pretrained BERT or RoBERTa, trained further together with a head (Devlin et al., 2019, section 3.2): AdamW, a learning rate
 * that warms up and falls to nothing, gradients clipped by their global norm, and if asked for smaller steps in lower layers
 * (Howard and Ruder, 2018, 3.2).
 */
import { z } from 'zod';
import {
  adamW,
  clipScale,
  encoderNetwork,
  encoderTensors,
  type FineTune,
  globalNorm,
  layerRate,
  linearSchedule,
  type PieceBatch,
} from '../encoders/index.js';
import { ENCODER_PARAMETERS, PACKAGED_ENCODER, type PieceInput, pieces } from '../features/index.js';
import { randomStream } from '../random/index.js';
import { encoder } from './encoder.js';
import { applyMask, dropoutMask } from './layers/dropout.js';
import { denseHead, portableHead } from './layers/head.js';
import { dropoutRate, TRAINING_PARAMETERS } from './parameters.js';
import type { SteppedKind } from './types.js';

const OWN = z.object({
  fine_tune: z
    .enum(['head', 'last_1', 'last_2', 'last_3', 'last_4', 'last_6', 'last_8', 'all'])
    .default('all')
    .describe('What is trained: the head alone, the last layers of the encoder with it, or all of it.'),
  dropout: dropoutRate("the text's vector, before the head"),
});

const { epochs, learning_rate, ...OTHERS } = TRAINING_PARAMETERS.shape;
/** As those that fine-tune BERT have them. */
const TRAINING = z.object({
  epochs: epochs.unwrap().default(3).describe('Passes over the training rows, at most.'),
  ...OTHERS,
  learning_rate: learning_rate.unwrap().default(5e-5).describe("AdamW's step size at its largest."),
  warmup: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Fraction of all steps in which the step size grows to that; after it it falls to 0.'),
  weight_decay: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('How fast weights shrink by themselves; biases and normalisations do not.'),
  clip_norm: z
    .number()
    .gt(0)
    .max(1e6)
    .default(1)
    .describe('Longest that all gradients together may be; longer ones are scaled down.'),
  layer_decay: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Step size of a layer as a part of that of the layer above; 1: all the same.'),
});
const optimized = TRAINING.pick({
  learning_rate: true,
  warmup: true,
  weight_decay: true,
  clip_norm: true,
  layer_decay: true,
});
const pooled = OWN.extend({ pooling: ENCODER_PARAMETERS.shape.pooling });

/** Of the named encoder, in millions; what a folder's has is known once it was read. */
const USUAL_WEIGHTS = 22.7e6;
const USUAL_TOKENS = 17;

/** A row of 64 tokens takes some megabytes on its way through. */
const PREDICTION_BATCH = 32;

/** Of six layers. */
const trainedPart = (fineTune: string): number =>
  fineTune === 'all' ? 1 : fineTune === 'head' ? 0 : Math.min(1, Number(fineTune.slice('last_'.length)) / 6);

const fineTuneOf = (value: string): FineTune =>
  value === 'head' || value === 'all' ? value : { last: Number(value.slice('last_'.length)) };

export const transformer: SteppedKind<PieceBatch, PieceInput> = {
  name: 'transformer',
  description: 'A pretrained BERT or RoBERTa, fine-tuned: all of it, its last layers, or a head alone.',
  features: pieces,
  parameters: OWN,
  training: TRAINING,

  rowCost({ fine_tune, max_tokens }) {
    const tokens = Math.min(Number(max_tokens ?? USUAL_TOKENS), USUAL_TOKENS);
    return tokens * (350 + 650 * trainedPart(String(fine_tune)));
  },

  size: () => USUAL_WEIGHTS,

  /** A package holds the trained encoder as files, and of the network the head alone. */
  packaged: ({ encoder: chosen, pooling, max_tokens }) => ({
    kind: encoder,
    parameters: { encoder: chosen!, pooling: pooling!, max_tokens: max_tokens! },
  }),

  build({ layers: tf }, { input, classes }) {
    const vector = tf.input({ shape: [input.config.hidden], name: 'sentence' });
    const shape = { inputs: input.config.hidden, classes, given: input.head };
    return tf.model({ name: 'transformer', inputs: vector, outputs: portableHead(tf, vector, shape) });
  },

  network(engine, { input, classes, seed }, parameters) {
    const { fine_tune, dropout, pooling } = pooled.parse(parameters);
    const { config } = input;
    const weights = input.weights();
    const network = encoderNetwork(engine, weights, config, { pooling, fineTune: fineTuneOf(fine_tune) });
    const head = denseHead(
      { inputs: config.hidden, classes, given: input.head },
      randomStream(seed, 'weights'),
    );
    const trainsEmbeddings = network.trained[0]?.depth === 0;
    return {
      trainable: [...network.trained.map(({ values }) => values), ...head.trainable],
      weights: head.weights,
      predictionBatch: PREDICTION_BATCH,
      ...(trainsEmbeddings && { rowsRead: ({ ids }: PieceBatch) => ids }),
      forward(batch, random) {
        const pass = network.forward(batch, random);
        const mask = dropoutMask(pass.pooled.length, dropout, random);
        const features = applyMask(pass.pooled, mask);
        const { logits, backward } = head.forward(features);
        return {
          logits,
          backward(logitGradient) {
            const { dx, gradients } = backward(logitGradient);
            return [...pass.backward(applyMask(dx, mask)), ...gradients];
          },
        };
      },
      refresh: () => network.refresh(),
      optimizer(steps) {
        const { learning_rate, warmup, weight_decay, clip_norm, layer_decay } = optimized.parse(parameters);
        const optimizer = adamW(
          [
            ...network.trained.map(({ values, decays, depth }) => ({
              values,
              weightDecay: decays ? weight_decay : 0,
              rateScale: layerRate(depth, config.layers, layer_decay),
            })),
            ...head.trainable.map((values, k) => ({
              values,
              weightDecay: head.decays[k] ? weight_decay : 0,
              rateScale: 1,
            })),
          ],
          engine.kernel,
        );
        const warmupSteps = Math.round(warmup * steps);
        let step = 0;
        return {
          catchUp: optimizer.catchUp,
          catchUpAll: optimizer.catchUpAll,
          step(gradients) {
            const rate = learning_rate * linearSchedule(step++, steps, warmupSteps);
            optimizer.step(gradients, rate, clipScale(globalNorm(gradients, engine.kernel), clip_norm));
          },
        };
      },
      dispose: () => network.dispose(),
      files: () => ({
        [`${PACKAGED_ENCODER}/model.safetensors`]: encoderTensors(weights, config),
      }),
    };
  },
};
