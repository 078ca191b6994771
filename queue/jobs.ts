/**
 * Jobs, their payloads and their ids.
 *
 * A search is a tree of BullMQ jobs; a parent waits for its children without holding a worker:
 *
 *     search ─► window (a bounded slice of the grid) ─► trial (one configuration) ─► fold
 *        └────► refit (the winner, on all development rows)
 *
 * Search, window and trial jobs are steps of the orchestrator; fold and refit jobs train and run on workers.
 * Every id derives from the search's id and the position in the grid, so adding a job twice is harmless.
 */
import { z } from 'zod';
import { configuration, crossValidation, datasetSpec, objective, parameterValue } from './spec.js';

/** Prefix of all keys in Redis. */
export const PREFIX = 'gridsearch';
/** Queue of the orchestrator's steps. */
export const SEARCH_QUEUE = 'search';
/** Queue of the workers' jobs. */
export const FOLD_QUEUE = 'fold';
/** Key under which the orchestrator publishes the tracking server's address for workers that were told none. */
export const TRACKING_URI_KEY = `${PREFIX}:tracking-uri`;

/** What every job of a search knows about it. */
export const searchContext = z.object({
  searchId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}$/),
  experimentId: z.string(),
  parentRunId: z.string(),
  dataset: datasetSpec.extend({
    /** Where a local file's snapshot lies, so that workers on other machines read the same rows. */
    snapshot: z.object({ artifact: z.string(), sha256: z.string() }).optional(),
  }),
  /** Digest of the rows as submitted; a worker that reads other rows refuses the job. */
  digest: z.string(),
  cross_validation: crossValidation,
  objective,
  seed: z.number().int(),
  /** MLflow's source, user and git tags of the submission; every run of the search carries them. */
  source: z.record(z.string(), z.string()),
});
export type SearchContext = z.infer<typeof searchContext>;

/** Train one configuration on one fold. */
export const foldPayload = z.object({
  kind: z.literal('fold'),
  context: searchContext,
  configuration,
  trialRunId: z.string(),
  /** 0 … foldCount - 1. */
  fold: z.number().int().nonnegative(),
});
export type FoldPayload = z.infer<typeof foldPayload>;

/** Train the winner on all development rows, measure it once on the test rows, package it. */
export const refitPayload = z.object({
  kind: z.literal('refit'),
  context: searchContext,
  configuration,
  trialRunId: z.string(),
  modelName: z.string(),
  /** Mean over the winner's folds of the epoch whose weights were kept: the refit has no rows to stop early on. */
  epochs: z.number().int().positive(),
});
export type RefitPayload = z.infer<typeof refitPayload>;

export const workerPayload = z.discriminatedUnion('kind', [foldPayload, refitPayload]);
export type WorkerPayload = z.infer<typeof workerPayload>;

const metricValues = z.record(z.string(), z.number().nullable());

/** What a fold job returns. Times in seconds; `NaN` metrics travel as null. */
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
});
export type FoldResult = z.infer<typeof foldResult>;

/** What a refit job returns. */
export const refitResult = z.object({
  runId: z.string(),
  testMetrics: metricValues,
  /** Of the refit model on the rows it was trained on. */
  trainingMetrics: metricValues,
  /** Digest of the test rows: two models are compared only when it is equal. */
  testDigest: z.string(),
  artifact: z.string(),
  engine: z.string(),
  /** Training processes of the worker, and TensorFlow threads of each. */
  processes: z.number().int().positive(),
  threads: z.number().int().positive(),
  finishedAt: z.number().int(),
});
export type RefitResult = z.infer<typeof refitResult>;

/** One axis of the grid: a parameter and the values it takes. */
export const axis = z.object({ parameter: z.string(), values: z.array(parameterValue).min(1) });

/** A dataset input in MLflow's words. */
const runInput = z.object({
  tags: z.array(z.object({ key: z.string(), value: z.string() })).readonly(),
  dataset: z.object({
    name: z.string(),
    digest: z.string(),
    source_type: z.string(),
    source: z.string(),
    schema: z.string().optional(),
    profile: z.string().optional(),
  }),
});

/** The submitted search: everything its steps need, and how far they are. */
export const searchPayload = z.object({
  kind: z.literal('search'),
  context: searchContext,
  name: z.string(),
  models: z.array(z.object({ model: z.string(), axes: z.array(axis) })),
  retries: z.number().int().nonnegative(),
  registeredModel: z.string(),
  /** The development and the test rows, as runs name what they read. */
  inputs: z.object({ train: runInput, eval: runInput }),
  submittedAt: z.number().int(),
  progress: z.object({
    step: z.enum(['plan', 'refit', 'register']),
    /** Configurations handed out so far; the next window starts here. */
    planned: z.number().int().nonnegative(),
    trials: z.object({ finished: z.number().int(), failed: z.number().int() }),
    folds: z.object({ finished: z.number().int(), failed: z.number().int() }),
    /** The winner, once selected. */
    best: z
      .object({
        runId: z.string(),
        configuration,
        mean: z.number(),
        std: z.number(),
        epochs: z.number().int().positive(),
      })
      .optional(),
  }),
});
export type SearchPayload = z.infer<typeof searchPayload>;

/** A bounded slice of the grid; it ends when all its trials have. */
export const windowPayload = z.object({
  kind: z.literal('window'),
  searchId: z.string(),
  from: z.number().int(),
  to: z.number().int(),
});
export type WindowPayload = z.infer<typeof windowPayload>;

/** One configuration; it ends when all its folds have, and then writes mean and standard deviation. */
export const trialPayload = z.object({
  kind: z.literal('trial'),
  context: searchContext,
  configuration,
  runId: z.string(),
});
export type TrialPayload = z.infer<typeof trialPayload>;

export const stepPayload = z.discriminatedUnion('kind', [searchPayload, windowPayload, trialPayload]);
export type StepPayload = z.infer<typeof stepPayload>;

/** What a trial job returns. */
export const trialResult = z.object({
  finished: z.boolean(),
  foldsFinished: z.number().int(),
  foldsFailed: z.number().int(),
});
export type TrialResult = z.infer<typeof trialResult>;

/** What a window job returns. */
export const windowResult = z.object({
  trials: z.object({ finished: z.number().int(), failed: z.number().int() }),
  folds: z.object({ finished: z.number().int(), failed: z.number().int() }),
});
export type WindowResult = z.infer<typeof windowResult>;

/** What a search job returns. */
export const searchResult = z.object({
  status: z.enum(['FINISHED', 'FAILED']),
  reason: z.string().optional(),
  finishedAt: z.number().int(),
  trials: windowResult.shape.trials,
  folds: windowResult.shape.folds,
  engine: z.string().optional(),
  best: z.object({ childRunId: z.string(), configuration, mean: z.number(), std: z.number() }).optional(),
  refit: z.object({ runId: z.string(), testMetrics: metricValues }).optional(),
  registered: z.object({ name: z.string(), version: z.string(), aliases: z.array(z.string()) }).optional(),
});
export type SearchResult = z.infer<typeof searchResult>;

export const windowJobId = (searchId: string, from: number): string => `${searchId}.w${from}`;
export const trialJobId = (searchId: string, c: { index: number; hash: string }): string =>
  `${searchId}.t${c.index}.${c.hash}`;
export const foldJobId = (searchId: string, c: { index: number; hash: string }, fold: number): string =>
  `${trialJobId(searchId, c)}.f${fold}`;
export const refitJobId = (searchId: string): string => `${searchId}.refit`;

/** BullMQ drops a `NaN` on its way through JSON; scores travel as null instead. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The same for metrics by name. */
export const finiteOrNullValues = (values: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finiteOrNull(value)]));
