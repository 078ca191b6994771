/** Parameters of every kind, with range, default and one line for the schema's documentation. */
import { z } from 'zod';

/** A parameter that several kinds have, each for a place of its own. */
export const dropoutRate = (what: string): z.ZodDefault<z.ZodNumber> =>
  z.number().min(0).lt(1).default(0).describe(`Dropout rate of ${what}, from 0 (none) to below 1.`);

/** Units of the hidden layer below the output. */
export const hiddenUnits = (above: string): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .int()
    .min(0)
    .max(4096)
    .default(0)
    .describe(`Units of a relu layer between ${above} and the output; 0 for none.`);

/** Words that a text has, about, when so many are read at most: what an estimate of its cost goes by. */
export const usualTokens = (maxTokens: number): number => Math.min(maxTokens, 12);

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
  validation_size: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe(
      'Fraction of a fold’s training rows to watch for that; without it the rows that score the fold pick its epoch too, and the score is a little too good.',
    ),
});
