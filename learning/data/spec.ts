/** Where labelled texts come from and how they are split: plain, validated values with all defaults filled in. */
import { z } from 'zod';

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

/** Number of folds a trial has in all. */
export const foldCount = (cv: CrossValidation): number => cv.n_splits * cv.n_repeats;
