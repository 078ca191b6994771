/** The document of `plan`. */
import { z } from 'zod';
import { parameterValue } from '../../app/index.js';
import { failure, held } from './parts.js';

export const planDocument = z.strictObject({
  name: z.string(),
  configurations: z.strictObject({
    total: z.int(),
    removed: z.int().nullable().describe('By constraints; null where there are none.'),
  }),
  folds: z.strictObject({
    perConfiguration: z.int(),
    total: z.int(),
    held,
  }),
  rows: z.strictObject({
    development: z.int(),
    train: z.int().describe('That a fold trains on, in the mean.'),
    test: z.int(),
  }),
  workers: z.strictObject({
    count: z.int().describe('Training processes.'),
    from: z
      .enum(['option', 'queue', 'cores'])
      .describe('As asked, at the queue now, or as `run` would start on this machine.'),
  }),
  engine: z.string(),
  seconds: z
    .number()
    .nullable()
    .describe('Until the winner is refit; without early stopping where probes tell; null where one failed.'),
  atMost: z
    .enum(['max_duration', 'pruning'])
    .nullable()
    .describe('What cuts the search at that time, or will make it shorter.'),
  atLeast: z.boolean().describe('A probe was stopped before it measured anything: it may take far longer.'),
  memory: z
    .strictObject({ process: z.number(), all: z.number(), machine: z.number() })
    .nullable()
    .describe('Bytes, about: of a training process, of all of them, and what this machine has.'),
  kinds: z.array(
    z.strictObject({
      model: z.string(),
      configurations: z.int(),
      seconds: z.number().nullable().describe('Of all its folds on one core.'),
      earlier: z
        .strictObject({
          searches: z.array(z.string()),
          folds: z.int().describe('That this was reckoned from.'),
          foldSeconds: z
            .array(z.number())
            .describe('Of the smallest and the largest configuration; one where all cost the same.'),
        })
        .nullable()
        .describe('Earlier searches that tell; nothing was tried then.'),
      probes: z
        .array(
          z.strictObject({
            parameters: z.record(z.string(), parameterValue),
            foldSeconds: z
              .number()
              .nullable()
              .describe('Of one fold; with rows 0 it takes longer than that.'),
            rows: z
              .int()
              .describe('Training rows that this was reckoned from; 0 where nothing was measured.'),
            stopped: z.boolean().describe('Its time was up.'),
            failure,
          }),
        )
        .describe(
          'The smallest and the largest configuration; one where all cost the same, none where earlier searches tell.',
        ),
    }),
  ),
  warnings: z.array(z.string()),
});
