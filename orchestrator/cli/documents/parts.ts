/** What several documents have, under one name and in one shape. */
import { z } from 'zod';
import { configuration } from '../../app/index.js';

/** ms since 1970. */
export const time = z.int().describe('Milliseconds since 1970.');

/** A value that is no number is null: JSON knows no NaN. */
export const metrics = z
  .record(z.string(), z.number().nullable())
  .describe('Metrics by name, unrounded; null for one that could not be computed.');

export const runStatus = z
  .enum(['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'])
  .describe('Of the MLflow run.');

export const failure = z.string().nullable().describe('Why it failed; null when it has not.');

export const best = z
  .strictObject({ childRunId: z.string(), configuration, mean: z.number(), std: z.number() })
  .nullable()
  .describe('The winner, or the best so far: mean and deviation of the objective over its folds.');

export const baselines = z
  .array(
    z.strictObject({
      name: z.string(),
      mean: z.number().describe('Over the same folds.'),
      std: z.number(),
      test: z.number().describe('On the test rows.'),
      beaten: z.boolean().nullable().describe('By the winner, over the folds and on the test rows.'),
    }),
  )
  .describe('What the winner is held against.');

export const nested = z
  .strictObject({
    metric: z.string(),
    mean: z.number().describe('Over the outer folds, of what each one’s pick scores there.'),
    std: z.number(),
    optimism: z.number().describe('By how much the winner’s own mean is better.'),
    picks: z
      .array(
        z.strictObject({
          outerFold: z.int().describe('From 0.'),
          childRunId: z.string(),
          configuration,
          innerMean: z.number().describe('Over the inner folds, by which it was picked.'),
          score: z.number().describe('On the outer fold.'),
        }),
      )
      .describe('Whom each outer fold picks.'),
  })
  .nullable()
  .describe(
    'The unbiased estimate of the whole search; null without nested cross-validation, and before its end.',
  );

export const refit = z
  .strictObject({ runId: z.string(), testMetrics: metrics })
  .nullable()
  .describe('The winner trained on all development rows, and measured once on the test rows.');

export const registered = z
  .strictObject({ name: z.string(), version: z.string(), aliases: z.array(z.string()) })
  .nullable()
  .describe('The version that the search registered.');

/** Of a search that has ended. */
export const trialCounts = z.strictObject({
  total: z.int(),
  finished: z.int(),
  pruned: z.int(),
  failed: z.int(),
});
export const foldCounts = z.strictObject({
  total: z.int(),
  finished: z.int(),
  failed: z.int(),
  spared: z.int().describe('Those that pruned trials did not need.'),
});

export const held = z
  .int()
  .nullable()
  .describe(
    'Folds that earlier searches have finished and that are not trained again; null where that can’t be told.',
  );

/** What every run tells of itself. */
export const run = {
  runId: z.string(),
  runName: z.string(),
  status: runStatus,
  startTime: time,
  endTime: time.nullable(),
  failure,
};
