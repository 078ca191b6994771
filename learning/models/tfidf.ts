/**
 * TF-IDF and logistic regression: the baseline of text classification, in a second of training. Equal to scikit-learn's
 * `TfidfVectorizer` and `LogisticRegression` on the same folds.
 */
import { z } from 'zod';
import { type SparseBatch, type TermInput, tfidf as terms } from '../features/index.js';
import { fitLogistic } from '../linear/index.js';
import { portableHead } from './layers/head.js';
import { outputs, type SolvedKind } from './types.js';

const OWN = z.object({
  C: z
    .number()
    .gt(0)
    .max(1e6)
    .default(1)
    .describe('How much the training rows weigh against small weights: the inverse of the L2 penalty.'),
  class_weight: z
    .enum(['none', 'balanced'])
    .default('none')
    .describe('balanced: rows count the more, the rarer their class.'),
});

export const tfidf: SolvedKind<SparseBatch, TermInput> = {
  name: 'tfidf',
  description: 'TF-IDF of words and runs of words, and a logistic regression: the baseline to beat.',
  features: terms,
  parameters: OWN,

  rowCost: ({ ngram_max }) => 60 * Number(ngram_max ?? 1),

  /** Terms of a small corpus; how many there are is known once it was read. */
  size: ({ ngram_max }) => 5000 * Number(ngram_max ?? 1) ** 2,

  build({ layers: tf }, { input, classes }) {
    const weighted = tf.input({ shape: [input.columns], name: 'terms' });
    const probability = portableHead(tf, weighted, { inputs: input.columns, classes });
    return tf.model({ name: 'tfidf', inputs: weighted, outputs: probability });
  },

  network(_engine, { input, classes }) {
    const columns = outputs(classes);
    const kernel = new Float32Array(input.columns * columns);
    const bias = new Float32Array(columns);
    return {
      weights: [
        { name: 'output/kernel', shape: [input.columns, columns], values: kernel },
        { name: 'output/bias', shape: [columns], values: bias },
      ],
      forward({ x, rows }) {
        const logits = new Float32Array(rows * columns);
        for (let row = 0; row < rows; row++) {
          for (let output = 0; output < columns; output++) {
            let sum = bias[output]!;
            for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++)
              sum += kernel[x.indices[at]! * columns + output]! * x.values[at]!;
            logits[row * columns + output] = sum;
          }
        }
        return { logits };
      },
    };
  },

  solve({ weights }, { examples, labels }, classes, parameters) {
    const { C, class_weight } = OWN.parse(parameters);
    const [all] = [...examples.batches(examples.rows)];
    const { x, source } = all!;
    const own = source.map((row) => labels[row]!);
    const model = fitLogistic(x, own, classes, { C, class_weight });
    const [kernel, bias] = weights;
    for (let output = 0; output < model.outputs; output++) {
      for (let column = 0; column < x.columns; column++)
        kernel!.values[column * model.outputs + output] = model.weights[output * x.columns + column]!;
    }
    bias!.values.set(model.intercepts);
    return { converged: model.converged, iterations: model.iterations };
  },
};
