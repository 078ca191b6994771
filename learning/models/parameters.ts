/** Parameters that every text model takes, with range, default and one line for the schema's documentation. */
import { z } from 'zod';

const rate = (what: string): z.ZodDefault<z.ZodNumber> =>
  z.number().min(0).lt(1).default(0).describe(`Dropout rate of ${what}, from 0 (none) to below 1.`);

export const dropoutRate = rate;

/** How texts become word ids and vectors. */
export const TEXT_PARAMETERS = z.object({
  vocabulary_size: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(5000)
    .describe(
      'Most frequent words of the training rows that the model knows; all others are one unknown word.',
    ),
  max_tokens: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(32)
    .describe('Words read of each text; the rest is cut off.'),
  embedding_dim: z.number().int().min(1).max(1024).default(50).describe('Numbers that stand for a word.'),
});

/** How any kind is trained. */
export const TRAINING_PARAMETERS = z.object({
  epochs: z.number().int().min(1).max(10_000).default(5).describe('Passes over the training rows, at most.'),
  batch_size: z.number().int().min(1).max(65_536).default(32).describe('Rows of one optimizer step.'),
  learning_rate: z.number().gt(0).max(10).default(0.001).describe("Adam's step size."),
  patience: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      'Stop after so many epochs without a better objective and keep the best weights; 0 trains all epochs.',
    ),
});
