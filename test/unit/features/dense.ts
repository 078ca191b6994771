/** Two numbers of a text, and a linear layer on them: features and a kind that know nothing of words. */
import { z } from 'zod';
import type { DatasetFeatures, Examples, RowBatch } from '../../../learning/features/index.js';
import { type SteppedKind, TRAINING_PARAMETERS } from '../../../learning/models/index.js';
import { randomStream, shuffle } from '../../../learning/random/index.js';

export interface DenseBatch extends RowBatch {
  /** `[rows, columns]` */
  readonly values: Float32Array;
}

export interface DenseInput {
  readonly columns: number;
}

const parameters = z.object({
  letter: z.string().default('a').describe('Letter that is counted.'),
  scale: z.number().default(1).describe('Factor of both numbers, in the network.'),
});

/** How often features were computed. */
export const computed = { times: 0 };

export const letterCounts: DatasetFeatures<DenseBatch, DenseInput> = {
  name: 'letter-counts',
  per: 'dataset',
  parameters,
  fitParameters: parameters.pick({ letter: true }),
  packageFiles: ['letter.json'],
  compute({ texts }, { letter }) {
    computed.times++;
    const encode = (some: readonly string[]) =>
      denseExamples(
        some.map((text) => [text.split(String(letter)).length - 1, text.length]),
        Int32Array.from(some.keys()),
      );
    return {
      input: { columns: 2 },
      bytes: texts.length * 8,
      encode,
      examples: (rows) => encode(Array.from(rows, (row) => texts[row]!)),
      files: () => ({ 'letter.json': JSON.stringify(letter) }),
    };
  },
  load: () => Promise.reject(new Error('not of this test')),
  toTensor: ({ tf }, { values, rows }) => tf.tensor2d(values, [rows, 2]),
};

export function denseExamples(table: readonly number[][], rows: Int32Array): Examples<DenseBatch> {
  const batch = (source: Int32Array): DenseBatch => ({
    rows: source.length,
    source,
    values: Float32Array.from([...source].flatMap((place) => table[rows[place]!]!)),
  });
  const cut = function* (order: Int32Array, size: number) {
    for (let from = 0; from < order.length; from += size) yield batch(order.subarray(from, from + size));
  };
  const places = () => Int32Array.from(rows.keys());
  return {
    rows: rows.length,
    epoch: (size, random) => cut(shuffle(places(), random), size),
    batches: (size) => cut(places(), size),
  };
}

/** Logistic regression for two classes. */
export const linear: SteppedKind<DenseBatch, DenseInput> = {
  name: 'linear',
  description: 'A linear layer.',
  features: letterCounts,
  parameters: z.object({}),
  training: TRAINING_PARAMETERS,
  rowCost: () => 1,
  size: () => 27,
  build({ tf }, { input }) {
    const output = tf.layers.dense({
      name: 'output',
      units: 1,
      activation: 'sigmoid',
      inputShape: [input.columns],
    });
    return tf.sequential({ name: 'linear', layers: [output] });
  },
  network(_engine, { input: { columns }, seed }, { scale }) {
    const random = randomStream(seed, 'weights');
    const kernel = Float32Array.from({ length: columns }, () => 0.1 * random.normal());
    const bias = new Float32Array(1);
    return {
      trainable: [kernel, bias],
      weights: [
        { name: 'output/kernel', shape: [columns, 1], values: kernel },
        { name: 'output/bias', shape: [1], values: bias },
      ],
      forward({ values, rows }) {
        const at = (row: number, column: number) => Number(scale) * values[row * columns + column]!;
        const sum = (row: number) =>
          kernel.reduce((total, w, column) => total + w * at(row, column), bias[0]!);
        return {
          logits: Float32Array.from({ length: rows }, (_, row) => sum(row)),
          backward: (gradient) => [
            {
              values: kernel.map((_, column) =>
                gradient.reduce((total, g, row) => total + g * at(row, column), 0),
              ),
            },
            { values: Float32Array.of(gradient.reduce((total, g) => total + g)) },
          ],
        };
      },
    };
  },
};
