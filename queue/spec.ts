/**
 * What orchestrator and worker agree on about a search: plain, validated values that travel in job payloads.
 * Everything here is already resolved: paths are absolute or replaced by a digest, defaults are filled in.
 */
import { z } from 'zod';

/** A value of one parameter of a configuration. */
export const parameterValue = z.union([z.number(), z.string(), z.boolean()]);
export type ParameterValue = z.infer<typeof parameterValue>;

/**
 * One point of the search space: a model kind and a value for every parameter of it, training parameters
 * (`epochs`, `batch_size`, `learning_rate`, `patience`) included, defaults filled in.
 */
export const configuration = z.object({
  /** Position in the expansion order, from 0; the tie-break of the ranking. */
  index: z.number().int().nonnegative(),
  /** Stable hash of model kind and parameters, 12 hexadecimal digits; independent of key order. */
  hash: z.string().regex(/^[0-9a-f]{12}$/),
  model: z.string(),
  parameters: z.record(z.string(), parameterValue),
});
export type Configuration = z.infer<typeof configuration>;

/** Where the labelled texts come from. */
export const datasetSpec = z.object({
  /** `uci-sentiment`, or `file`. */
  source: z.enum(['uci-sentiment', 'file']),
  /** Absolute path of the file; only with source `file`. */
  path: z.string().optional(),
  format: z.enum(['csv', 'tsv', 'jsonl']).optional(),
  columns: z.object({ text: z.string(), label: z.string() }).optional(),
  /** Keep this many rows, drawn with the search's seed, every class in proportion. */
  limit: z.number().int().positive().optional(),
  /** Fraction of the rows held out for the refit winner's one measurement, in (0, 1). */
  test_size: z.number().gt(0).lt(1),
});
export type DatasetSpec = z.infer<typeof datasetSpec>;

/** How the development rows are split. Names are scikit-learn's. */
export const crossValidation = z.object({
  strategy: z.enum(['stratified_k_fold', 'k_fold', 'repeated_stratified_k_fold', 'hold_out']),
  /** Folds per repeat; 1 with `hold_out`. */
  n_splits: z.number().int().positive(),
  /** Repeats; 1 unless `repeated_stratified_k_fold`. */
  n_repeats: z.number().int().positive(),
  /** Fraction of the development rows to validate on; `hold_out` only. */
  validation_size: z.number().gt(0).lt(1).optional(),
  /** Seed of the shuffling. */
  seed: z.number().int().nonnegative(),
});
export type CrossValidation = z.infer<typeof crossValidation>;

/** The metrics a search can be ranked by, measured on validation rows. Names are scikit-learn's, `loss` is log loss. */
export const METRICS = ['accuracy', 'f1_macro', 'roc_auc', 'loss'] as const;
export type MetricName = (typeof METRICS)[number];

export const objective = z.object({ metric: z.enum(METRICS), direction: z.enum(['maximize', 'minimize']) });
export type Objective = z.infer<typeof objective>;

/** Number of folds a trial has in all. */
export const foldCount = (cv: CrossValidation): number => cv.n_splits * cv.n_repeats;
