/** Each trial held against the winner, over the same folds. */
import {
  ALPHA,
  type Direction,
  ENOUGH_SCORES,
  holm,
  leastDifference,
  leastDifferenceWith,
  pairedTest,
  practicalOdds,
  REGION,
  standardErrorOf,
} from '../analysis/index.js';
import type { TrialColumns } from './columns.js';

export interface Comparisons {
  /** Beside the columns of the trials. Null for the winner, and for trials that can't be compared. */
  readonly against: {
    /** Score less the winner's: mean over the folds, and the interval that holds it with a confidence of 95 %. */
    readonly difference: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    /** Of the corrected t-test of both sides, after Holm's correction. */
    readonly p: readonly (number | null)[];
    /** Probability that the true difference doesn't matter: less than {@link Comparisons.region} either way. */
    readonly sameInPractice: readonly (number | null)[];
    /** Whether it can't be told from the winner, by {@link Comparisons.rule}. */
    readonly alike: readonly (boolean | null)[];
    /** What it costs, in no unit. */
    readonly cost: readonly number[];
  };
  /** Fold scores of each trial. */
  readonly scores: number;
  /** Trials that were held against the winner. */
  readonly compared: number;
  /** How it is decided who can't be told from the winner; null when nothing can be decided. */
  readonly rule: 'one standard error' | 'corrected t-test' | null;
  /** Rows that can't be told from the winner, best first. */
  readonly alike: readonly number[];
  /** A difference that doesn't matter in practice. */
  readonly region: number;
  /** Of the winner's mean. */
  readonly standardError: number | null;
  /** The cheapest row within one standard error of the winner, which may be the winner itself. */
  readonly simplest: number | null;
  /** The least difference that these folds could have told from chance. */
  readonly leastDifference: number | null;
  /** What more repeats of the folds would bring; null where there are enough scores, and of folds that can't be drawn anew. */
  readonly repeats: {
    readonly repeats: number;
    readonly scores: number;
    readonly leastDifference: number;
    /** Seconds of training that they would take more, on one core. */
    readonly seconds: number;
  } | null;
}

interface Settings {
  readonly direction: Direction;
  /** Folds that the rows are split into; NaN while not known. */
  readonly splits: number;
  /** Whether its folds can be drawn anew. */
  readonly repeatable: boolean;
  /** By row. */
  readonly costs: readonly number[];
}

/** @param winner - Its row. */
export function compareTrials(
  columns: Pick<TrialColumns, 'folds' | 'mean' | 'fitSeconds'>,
  winner: number | null,
  { direction, splits, repeatable, costs }: Settings,
): Comparisons {
  const { folds, mean } = columns;
  const best = winner === null ? undefined : complete(folds[winner]!);
  const scores = best?.length ?? 0;
  // Rows that score a fold by rows that train it.
  const testShare = 1 / (splits - 1);
  const comparable = best !== undefined && scores > 1 && Number.isFinite(testShare);
  const tests = folds.map((own, row) => {
    const theirs = complete(own);
    if (!comparable || row === winner || mean[row] === null || theirs?.length !== scores) return undefined;
    return pairedTest(
      theirs.map((score, fold) => score - best[fold]!),
      testShare,
    );
  });
  const rows = tests.flatMap((test, row) => (test === undefined ? [] : [{ row, test }]));
  const corrected = holm(rows.map(({ test }) => test.p));
  const p = new Map(rows.map(({ row }, i) => [row, corrected[i]!]));
  const standardError = comparable ? standardErrorOf(best) : null;
  const sign = direction === 'minimize' ? 1 : -1;
  const within = (row: number): boolean => sign * (mean[row]! - mean[winner!]!) <= (standardError ?? 0);
  const rule = rows.length === 0 ? null : scores < ENOUGH_SCORES ? 'one standard error' : 'corrected t-test';
  const isAlike = ({ row, test }: (typeof rows)[number]): boolean =>
    rule === 'one standard error' ? within(row) : p.get(row)! > ALPHA || Math.abs(test.mean) < REGION;
  const alike = rows.filter(isAlike).map(({ row }) => row);
  const known = new Set(alike);
  const apart = corrected.filter((one) => one <= ALPHA).length;
  const least = leastDifference(
    rows.map(({ test }) => test),
    apart,
  );
  const asGood = rows.filter(({ row }) => within(row)).map(({ row }) => row);
  const now = { least: least ?? 0, scores, testShare, open: rows.length - apart };
  return {
    against: {
      difference: tests.map((test) => test?.mean ?? null),
      low: tests.map((test) => test?.low ?? null),
      high: tests.map((test) => test?.high ?? null),
      p: tests.map((_, row) => p.get(row) ?? null),
      sameInPractice: tests.map((test) => (test === undefined ? null : practicalOdds(test).within)),
      alike: tests.map((test, row) => (test === undefined ? null : known.has(row))),
      cost: [...costs],
    },
    scores,
    compared: rows.length,
    rule,
    alike,
    region: REGION,
    standardError,
    simplest:
      rule === null
        ? null
        : [winner!, ...asGood].reduce((simple, row) => (costs[row]! < costs[simple]! ? row : simple)),
    leastDifference: least ?? null,
    repeats: least === undefined || !repeatable ? null : moreRepeats(columns, splits, now),
  };
}

/** Scores of all folds; undefined when one is missing. */
function complete(folds: readonly (number | null)[]): number[] | undefined {
  const known = folds.filter((score) => score !== null);
  return known.length === folds.length ? known : undefined;
}

/** As many repeats as it takes to have enough scores. */
function moreRepeats(
  { fitSeconds, folds }: Pick<TrialColumns, 'folds' | 'fitSeconds'>,
  splits: number,
  now: { least: number; scores: number; testShare: number; open: number },
): Comparisons['repeats'] {
  if (now.scores >= ENOUGH_SCORES) return null;
  const repeats = Math.ceil(ENOUGH_SCORES / splits);
  const scores = repeats * splits;
  const spent = fitSeconds.reduce<number>((sum, one, row) => sum + (one ?? 0) * folds[row]!.length, 0);
  return {
    repeats,
    scores,
    leastDifference: leastDifferenceWith(scores, now),
    seconds: (spent * (scores - now.scores)) / now.scores,
  };
}
