/** What jobs return. Everything is JSON: a `NaN` would be lost on the way and travels as null. */
import { z } from 'zod';
import { configuration } from './configuration.js';

const metricValues = z.record(z.string(), z.number().nullable());

/**
 * Why a pruner stopped a trial: its rule, which of its rungs it was, from 1, and the numbers that it went by. A rung is a number of
 * folds that are done; or, within a fold, one of the fixed epochs.
 */
export const stop = z.object({
  rule: z.string(),
  rung: z.number().int().positive(),
  /** Within a fold: which, from 0, and after how many epochs. */
  at: z.object({ fold: z.number().int().nonnegative(), epoch: z.number().int().positive() }).optional(),
  numbers: z.record(z.string(), z.number()),
});
export type StopEvidence = z.infer<typeof stop>;

/** What a fold job returns. Times in seconds. */
export const foldResult = z.object({
  runId: z.string(),
  score: z.number().nullable(),
  metrics: metricValues,
  /** The epoch whose weights were kept, from 1. */
  bestEpoch: z.number().int().positive(),
  fitSeconds: z.number(),
  scoreSeconds: z.number(),
  finishedAt: z.number().int(),
  engine: z.string(),
  /** Where epochs are pruned: its best score up to each of the fixed epochs that it reached, in their order. */
  rungs: z.array(z.object({ epoch: z.number().int().positive(), score: z.number() })).optional(),
  /** Why it was stopped before its last epoch; its score is then no fold's. */
  stop: stop.optional(),
});
export type FoldResult = z.infer<typeof foldResult>;

/** A method without anything to tune, over the search's folds and on its test rows. */
export const baselineResult = z.object({
  name: z.string().min(1).max(100),
  mean: z.number(),
  std: z.number(),
  test: z.number(),
});
export type BaselineResult = z.infer<typeof baselineResult>;

/** What a refit job returns. */
export const refitResult = z.object({
  runId: z.string(),
  testMetrics: metricValues,
  /** Of the refit model on the rows it was trained on. */
  trainingMetrics: metricValues,
  /** Digest of the test rows: two models are compared only when it is equal. */
  testDigest: z.string(),
  artifact: z.string(),
  /** What the winner is held against, where that was asked for and can be had. */
  baseline: baselineResult.optional(),
  engine: z.string(),
  /** Training processes of the worker, and TensorFlow threads of each. */
  processes: z.number().int().positive(),
  threads: z.number().int().positive(),
  finishedAt: z.number().int(),
});
export type RefitResult = z.infer<typeof refitResult>;

/** How a trial ended: with a mean over all its folds, stopped on evidence, or failed by its own doing. */
export const outcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('complete'),
    mean: z.number(),
    std: z.number(),
    /** Mean of the folds' best epochs. */
    epochs: z.number().int().positive(),
    /** In the order of folds. */
    scores: z.array(z.number()).optional(),
  }),
  z.object({ kind: z.literal('pruned'), reason: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type Outcome = z.infer<typeof outcome>;

/** The file of the parent run that has the estimate of nested cross-validation. */
export const NESTED_FILE = 'nested.json';

/** What a search is worth as a whole: mean and deviation, over the outer folds, of whom the inner folds pick. */
export const nestedResult = z.object({
  metric: z.string(),
  mean: z.number(),
  std: z.number(),
  /** By how much the winner's own mean is better. */
  optimism: z.number(),
  picks: z.array(
    z.object({
      outerFold: z.number().int().nonnegative(),
      childRunId: z.string(),
      configuration,
      /** Over the inner folds, by which it was picked. */
      innerMean: z.number(),
      /** On the outer fold. */
      score: z.number(),
    }),
  ),
});
export type NestedResult = z.infer<typeof nestedResult>;

/** Trials by outcome and folds by theirs. */
export const counts = z.object({
  trials: z.object({
    complete: z.number().int(),
    pruned: z.number().int(),
    failed: z.number().int(),
  }),
  folds: z.object({
    finished: z.number().int(),
    failed: z.number().int(),
    /** Of trials that were stopped before their last fold: those that they were spared. */
    spared: z.number().int().default(0),
  }),
});
export type Counts = z.infer<typeof counts>;

/** What a trial job returns. */
export const trialResult = z.object({
  runId: z.string(),
  configuration,
  outcome,
  folds: counts.shape.folds,
});
export type TrialResult = z.infer<typeof trialResult>;

/** The best trial of some. */
export const bestTrial = z.object({
  runId: z.string(),
  configuration,
  mean: z.number(),
  std: z.number(),
  /** Mean of the folds' best epochs. */
  epochs: z.number().int().positive(),
  /** In the order of folds; absent where nobody asks for it. */
  scores: z.array(z.number()).optional(),
});
export type BestTrial = z.infer<typeof bestTrial>;

/** What a window job returns. */
export const windowResult = counts.extend({
  best: bestTrial.optional(),
  /** Folds that were not trained, as their results were known before, by model kind. */
  taken: z.record(z.string(), z.number().int().nonnegative()).optional(),
});
export type WindowResult = z.infer<typeof windowResult>;

/** What a search job returns. */
export const searchResult = counts.extend({
  status: z.enum(['FINISHED', 'FAILED']),
  reason: z.string().optional(),
  finishedAt: z.number().int(),
  engine: z.string().optional(),
  best: z.object({ childRunId: z.string(), configuration, mean: z.number(), std: z.number() }).optional(),
  refit: z.object({ runId: z.string(), testMetrics: metricValues }).optional(),
  registered: z.object({ name: z.string(), version: z.string(), aliases: z.array(z.string()) }).optional(),
});
export type SearchResult = z.infer<typeof searchResult>;

/** BullMQ drops a `NaN` on its way through JSON; scores travel as null instead. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The same for metrics by name. */
export const finiteOrNullValues = (values: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finiteOrNull(value)]));
