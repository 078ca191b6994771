/**
 * Jobs and their payloads.
 *
 * A search is a tree of BullMQ jobs; a parent waits for its children without holding a worker:
 *
 *     search ─► window (the configurations handed out together) ─► trial (one configuration) ─► fold
 *        └────► refit (the winner, on all development rows)
 *
 * Of a pruned search the folds hang on the window, one rung after the other, and the trials follow when they are decided.
 *
 * Search, window and trial jobs are steps of the orchestrator; fold and refit jobs train and run on workers.
 * Every id derives from the search's id and the configuration's, so adding a job twice is harmless.
 */
import { z } from 'zod';
import { configuration, objective, parameterValue } from './configuration.js';
import { bestTrial, counts, foldResult, stop, trialResult } from './results.js';
import { reuse } from './reuse.js';

/** Prefix of all keys in Redis. */
export const PREFIX = 'gridsearch';
/** Queue of the orchestrator's steps. */
export const SEARCH_QUEUE = 'search';
/** Queue of the workers' jobs. */
export const FOLD_QUEUE = 'fold';
/** Key under which the orchestrator publishes the tracking server's address for workers that were told none. */
export const TRACKING_URI_KEY = `${PREFIX}:tracking-uri`;

/** A value whose meaning is the machine-learning library's business: its tables check it where it is used. */
const ofLibrary = z.record(z.string(), z.json());

/** What every job of a search knows about it. */
export const searchContext = z.object({
  searchId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}$/),
  experimentId: z.string(),
  parentRunId: z.string(),
  /** Which rows, and how many of them are held out. */
  dataset: ofLibrary,
  /** Where a local file's snapshot lies, so that workers on other machines read the same rows. */
  snapshot: z.object({ artifact: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  /** Digest of the rows as submitted; a worker that reads other rows refuses the job. */
  digest: z.string(),
  cross_validation: ofLibrary,
  /** Folds of a trial. */
  folds: z.number().int().positive(),
  /** How many of them, the first ones, score it; the others are inner folds of nested cross-validation. Absent: all. */
  scored: z.number().int().positive().optional(),
  objective,
  seed: z.number().int(),
  /** MLflow's source, user and git tags of the submission; every run of the search carries them. */
  source: z.record(z.string(), z.string()),
  /** What a fold and its process may take: seconds of training (not of the refit), and bytes of resident memory. */
  limits: z
    .object({ seconds: z.number().positive().optional(), bytes: z.number().positive().optional() })
    .optional(),
  /** The queue had lost the search, and it was made again from tracking: there may be runs of jobs that nobody knows. */
  rebuilt: z.boolean().optional(),
});
export type SearchContext = z.infer<typeof searchContext>;

/** What a fold's best score so far must not be worse than after one of the fixed epochs, and what that is made of. */
export const epochBar = z.object({
  epoch: z.number().int().positive(),
  bar: z.number(),
  numbers: z.record(z.string(), z.number()),
});
export type EpochBar = z.infer<typeof epochBar>;

/** Bars by model kind. */
const epochBars = z.record(z.string(), z.array(epochBar));

type FoldCounts = Pick<SearchContext, 'folds' | 'scored'>;

/** The folds that a trial's score is the mean of. */
export const scoredFolds = ({ folds, scored = folds }: FoldCounts): number => scored;

/** Of an inner fold, the outer fold whose training rows it splits, and its place among those that do; undefined of others. */
export function innerPlace(context: FoldCounts, fold: number): { outer: number; split: number } | undefined {
  const outer = scoredFolds(context);
  if (fold < outer) return undefined;
  const each = context.folds / outer - 1;
  return { outer: Math.floor((fold - outer) / each), split: (fold - outer) % each };
}

/** Name of the metric of the child run that has a fold's score: scikit-learn's, for the folds that score. */
export function scoreName(context: FoldCounts, fold: number): string {
  const inner = innerPlace(context, fold);
  return inner === undefined
    ? `split${fold}_test_score`
    : `inner${inner.outer}_split${inner.split}_test_score`;
}

/** Name of the metric that has the mean over the inner folds of an outer one. */
export const innerMeanName = (outer: number): string => `inner${outer}_mean_test_score`;

/** Train one configuration on one fold. */
export const foldPayload = z.object({
  kind: z.literal('fold'),
  context: searchContext,
  configuration,
  trialRunId: z.string(),
  /** The job id of the window that it belongs to. */
  window: z.string(),
  /** 0 … folds - 1. */
  fold: z.number().int().nonnegative(),
  /** Of a fold that may be stopped within: the fixed epochs at which its best score so far is kept, and what it is held against there. */
  pruning: z
    .object({
      rule: z.string(),
      epochs: z.array(z.number().int().positive()),
      bars: z.array(epochBar),
    })
    .optional(),
  /** Digest of its rows, so that later searches find it. */
  rows: z.string().optional(),
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
  /** Whether a baseline is to be trained beside it. */
  baseline: z.boolean().default(false),
});
export type RefitPayload = z.infer<typeof refitPayload>;

export const workerPayload = z.discriminatedUnion('kind', [foldPayload, refitPayload]);
export type WorkerPayload = z.infer<typeof workerPayload>;

/** One axis of the space: a parameter and the values it takes, or the ends of the range that they are drawn from. */
export const axis = z.object({
  parameter: z.string(),
  values: z.array(parameterValue).min(1),
  range: z
    .object({
      min: z.number(),
      max: z.number(),
      scale: z.enum(['linear', 'log']),
      integer: z.boolean(),
    })
    .optional(),
});

/** The part of the space that belongs to one model kind. */
export const modelAxes = z.object({ model: z.string(), axes: z.array(axis) });
export type ModelAxes = z.infer<typeof modelAxes>;

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

/** Configurations that are handed out together, by their places in the order of proposal. */
const placed = z.object({
  number: z.number().int().nonnegative(),
  from: z.number().int(),
  to: z.number().int(),
  /** It was handed out whole, and its runs say all they have to. */
  given: z.literal(true).optional(),
  /** Of a pruned search: whom its trials have to beat, the best of the generations up to the one before the last. */
  incumbent: bestTrial.optional(),
  /** Where epochs are pruned: what its first folds are held against, from the same generations. */
  bars: epochBars.optional(),
});

/** Why a search was cut: somebody wanted it, or a budget has ended. */
export const cutCause = z.enum(['person', 'max_duration', 'max_failures']);
export type CutCause = z.infer<typeof cutCause>;

/** How far a search is: all the state that its steps have. */
const progress = z.object({
  step: z.enum(['plan', 'refit', 'register']),
  /** Configurations whose trials are over and counted below; the next window starts here. */
  settled: z.number().int().nonnegative(),
  /**
   * The window under way, written down before it is added: its size is a setting of the process that chose it, and the
   * next process may have another.
   */
  window: placed.optional(),
  /** The one after, which keeps workers busy while the other ends; written down like it. */
  ahead: placed.optional(),
  /** When it began to train, ms; its time is counted from there, whoever carries it out. */
  startedAt: z.number().int().optional(),
  /** It hands out no more. */
  cut: cutCause.optional(),
  /** Windows so far. */
  generation: z.number().int().nonnegative(),
  ...counts.shape,
  /** Folds of those that were not trained, as their results were known before, by model kind. */
  taken: z.record(z.string(), z.number().int().nonnegative()).optional(),
  /** The best trial so far. */
  best: bestTrial.optional(),
});

/** The priority of a search that was given none, and the highest. */
export const USUAL_PRIORITY = 1;
export const HIGHEST_PRIORITY = 100;
export const searchPriority = z.number().int().min(USUAL_PRIORITY).max(HIGHEST_PRIORITY);

/** The submitted search: everything its steps need, and how far they are. */
export const searchPayload = z.object({
  kind: z.literal('search'),
  context: searchContext,
  name: z.string(),
  /** Which strategy proposes configurations; its options are checked by the strategies' table. */
  strategy: z.looseObject({ kind: z.string() }),
  models: z.array(modelAxes),
  /** What configurations must satisfy: expressions over parameters. */
  where: z.array(z.string()).optional(),
  /** What stops a trial before its last fold, or its first before its last epoch: rules by their names in the pruners' tables. */
  pruning: z.object({ folds: z.string().optional(), epochs: z.string().optional() }).optional(),
  /** When it has had enough, and is cut. */
  budget: z
    .object({
      max_duration: z.object({ written: z.string(), ms: z.number().positive() }).optional(),
      max_failures: z.number().int().nonnegative().optional(),
    })
    .optional(),
  /** Configurations in all. */
  total: z.number().int().positive(),
  /** Its share among searches that have the same workers, unless it was changed since. */
  priority: searchPriority.optional(),
  retries: z.number().int().nonnegative(),
  registeredModel: z.string(),
  /** Whether the winner is held against a trained baseline. */
  baseline: z.boolean().default(false),
  /** Which folds these are, and where their results may be taken from; absent in searches of before version 0.2. */
  reuse: reuse.optional(),
  /** The development and the test rows, as runs name what they read. */
  inputs: z.object({ train: runInput, eval: runInput }),
  submittedAt: z.number().int(),
  progress,
});
export type SearchPayload = z.infer<typeof searchPayload>;

/** Configurations that were handed out together; it ends when all their trials have. */
export const windowPayload = z.object({
  kind: z.literal('window'),
  searchId: z.string(),
  folds: z.number().int().positive(),
  objective,
  configurations: z.array(configuration),
  /** Trials whose results were known before, and which have no job. */
  known: z.array(trialResult).optional(),
  /** How many folds of others have results that were known before, by the trial's place in the order of proposal. */
  taken: z.record(z.string(), z.number().int().nonnegative()).optional(),
  /** Of a pruned search: the folds are handed out one after the other, each to the trials that are left. */
  race: z
    .object({
      /** Between folds; absent where only epochs are pruned. */
      rule: z.string().optional(),
      /** Within first folds. */
      epochs: z.object({ rule: z.string(), bars: epochBars }).optional(),
      context: searchContext,
      retries: z.number().int().nonnegative(),
      /** The trials' runs, in the order of configurations. */
      runs: z.array(z.string()),
      incumbent: bestTrial.optional(),
      /** Folds that were handed out so far. */
      rung: z.number().int().nonnegative(),
      /** Why trials were stopped, by their place in the order of proposal. */
      stops: z.record(z.string(), stop),
      reuse: reuse.optional(),
      /** Folds whose results were known before, and which have no job. */
      known: z.array(z.object({ index: z.number().int(), fold: z.number().int(), result: foldResult })),
    })
    .optional(),
});
export type WindowPayload = z.infer<typeof windowPayload>;

/** One configuration; it ends when all its folds have, and then writes mean and standard deviation. */
export const trialPayload = z.object({
  kind: z.literal('trial'),
  context: searchContext,
  configuration,
  runId: z.string(),
  /** The job id of the window that it belongs to. */
  window: z.string(),
  /** Folds whose results were known before, and which have no job. */
  known: z.array(z.object({ fold: z.number().int(), result: foldResult })).optional(),
  /** The same of those that failed. */
  failed: z.array(z.object({ fold: z.number().int(), reason: z.string() })).optional(),
  /** Of a trial that was not given all its folds: how many, and why it was stopped unless one of them failed. */
  given: z.number().int().positive().optional(),
  stop: stop.optional(),
});
export type TrialPayload = z.infer<typeof trialPayload>;

/** Look once more at a search that has ended: what was on its way to tracking may have landed since. */
export const lookPayload = z.object({
  kind: z.literal('look'),
  searchId: z.string(),
  experimentId: z.string(),
  parentRunId: z.string(),
  /** The version that the search registered, and the run that it was made from. */
  registered: z.object({ name: z.string(), version: z.string(), runId: z.string() }).optional(),
});
export type LookPayload = z.infer<typeof lookPayload>;

export const stepPayload = z.discriminatedUnion('kind', [
  searchPayload,
  windowPayload,
  trialPayload,
  lookPayload,
]);
export type StepPayload = z.infer<typeof stepPayload>;

export const windowJobId = (searchId: string, from: number): string => `${searchId}.w${from}`;
export const trialJobId = (searchId: string, c: { index: number; hash: string }): string =>
  `${searchId}.t${c.index}.${c.hash}`;
export const foldJobId = (searchId: string, c: { index: number; hash: string }, fold: number): string =>
  `${trialJobId(searchId, c)}.f${fold}`;
export const lookJobId = (searchId: string, seconds: number): string => `${searchId}.look${seconds}`;
export const refitJobId = (searchId: string): string => `${searchId}.refit`;
