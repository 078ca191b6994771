/**
 * Whether a difference between two configurations is more than the luck of the folds.
 *
 * Fold scores are paired, and not independent: training rows overlap. The corrected repeated k-fold t-test widens the variance
 * for that (Nadeau and Bengio, Inference for the generalization error, Machine Learning 52, 2003; Bouckaert and Frank 2004 for
 * repeats). The winner was chosen for its score among many, which no test here takes back: it flatters the winner.
 */
import { criticalT, studentCdf, twoSidedP } from './student.js';

/** Chance of a false alarm over all comparisons together. */
export const ALPHA = 0.05;
/** A difference of the objective that does not matter in practice. */
export const REGION = 0.01;
/** With fewer fold scores a test can tell hardly anything apart. */
export const ENOUGH_SCORES = 10;

/** The difference of two configurations over the same folds. */
export interface Paired {
  readonly mean: number;
  /** Corrected; of the mean. */
  readonly standardError: number;
  readonly df: number;
  readonly t: number;
  /** Of two sides, without a correction for other comparisons. */
  readonly p: number;
  /** The interval that holds the difference with a confidence of 95 %. */
  readonly low: number;
  readonly high: number;
}

/**
 * The corrected t-test of fold differences.
 *
 * @param testShare - Rows that a fold is scored on by rows that it trains on: 1 / (k − 1) with k folds.
 * @returns undefined for a single fold, which has no spread
 */
export function pairedTest(differences: readonly number[], testShare: number): Paired | undefined {
  const count = differences.length;
  if (count < 2) return undefined;
  const df = count - 1;
  const mean = meanOf(differences);
  const standardError = sampleStd(differences) * Math.sqrt(1 / count + testShare);
  const t = mean === 0 ? 0 : mean / standardError;
  const margin = criticalT(ALPHA, df) * standardError;
  return { mean, standardError, df, t, p: twoSidedP(t, df), low: mean - margin, high: mean + margin };
}

/** p-values corrected for their number (Holm 1979), in the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const corrected = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, ps[index]! * (ps.length - rank)));
    corrected[index] = largest;
  });
  return corrected;
}

/**
 * Probabilities that the true difference lies below, within and above the region of practical equivalence, after these folds
 * (Benavoli, Corani, Demšar and Zaffalon, Time for a change, JMLR 18, 2017).
 */
export function practicalOdds(
  { mean, standardError, df }: Pick<Paired, 'mean' | 'standardError' | 'df'>,
  region = REGION,
): { below: number; within: number; above: number } {
  const upTo = (bound: number): number =>
    standardError === 0 ? Number(bound >= mean) : studentCdf((bound - mean) / standardError, df);
  const below = upTo(-region);
  const above = 1 - upTo(region);
  return { below, within: Math.max(0, 1 - below - above), above };
}

/**
 * The least difference that could have been told from chance: with the typical standard error, at the level that Holm's correction
 * asks of the next comparison.
 *
 * @param apart - How many of them were told apart.
 */
export function leastDifference(
  comparisons: readonly Pick<Paired, 'standardError' | 'df'>[],
  apart: number,
): number | undefined {
  const [first] = comparisons;
  if (first === undefined) return undefined;
  const errors = comparisons.map(({ standardError }) => standardError).sort((a, b) => a - b);
  const typical = errors[errors.length >> 1]!;
  return criticalT(ALPHA / Math.max(1, comparisons.length - apart), first.df) * typical;
}

/** What {@link leastDifference} becomes when the same folds are drawn anew until each configuration has so many scores. */
export function leastDifferenceWith(
  scores: number,
  now: { readonly least: number; readonly scores: number; readonly testShare: number; readonly open: number },
): number {
  const size = (count: number): number =>
    criticalT(ALPHA / Math.max(1, now.open), count - 1) * Math.sqrt(1 / count + now.testShare);
  return (now.least * size(scores)) / size(now.scores);
}

/** Standard error of a mean over folds, as the one-standard-error rule takes it (Breiman and others 1984); NaN for one fold. */
export const standardErrorOf = (scores: readonly number[]): number =>
  sampleStd(scores) / Math.sqrt(scores.length);

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function sampleStd(values: readonly number[]): number {
  const mean = meanOf(values);
  // Equal differences may differ in their last bit; that is no spread.
  const noise = Number.EPSILON * values.reduce((most, value) => Math.max(most, Math.abs(value)), 1) * 4;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return std < noise ? 0 : std;
}
