/** Folds of whole groups, each with every class in proportion as far as groups let it: scikit-learn's StratifiedGroupKFold, to the row. */
import { z } from 'zod';
import type { Dataset } from '../types.js';
import { n_splits, tooFewGroups } from './fields.js';
import { namedGroups } from './named-groups.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({ n_splits });

export const stratifiedGroupKFold: CrossValidationStrategy<typeof fields> = {
  fields,
  needs: 'group',
  folds: ({ n_splits }) => n_splits,
  split,
  complaints: tooFewGroups,
};

/**
 * Groups with the most uneven classes first, each to the fold with which the classes' shares differ least from fold to fold, then to
 * the fold with the fewest rows.
 */
function split(
  { groups, labels, classes }: Dataset,
  rows: Int32Array,
  { n_splits }: z.output<typeof fields>,
): Int32Array[] {
  const count = (some: Iterable<number>): Float64Array => {
    const counts = new Float64Array(classes.length);
    for (const row of some) counts[labels[row]!]!++;
    return counts;
  };
  // A class without a development row has no share.
  const totals = count(rows);
  const present = [...totals.keys()].filter((label) => totals[label]! > 0);
  const dealt = Array.from({ length: n_splits }, () => new Float64Array(classes.length));
  const folds: number[][] = Array.from({ length: n_splits }, () => []);
  const unevenFirst = namedGroups({ groups }, rows)
    .map((members) => ({ members, counts: count(members) }))
    .map((group) => ({ ...group, spread: deviation(present.map((label) => group.counts[label]!)) }))
    .sort((a, b) => b.spread - a.spread);
  for (const { members, counts } of unevenFirst) {
    const best = bestFold(dealt, counts, totals, present);
    for (const label of present) dealt[best]![label]! += counts[label]!;
    for (const row of members) folds[best]!.push(row);
  }
  return folds.map((fold) => Int32Array.from(fold).sort());
}

/** Sums are taken in NumPy's order, as folds that are equally uneven are told apart by their last digits. */
function bestFold(
  dealt: readonly Float64Array[],
  group: Float64Array,
  totals: Float64Array,
  present: readonly number[],
): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let fewest = Number.POSITIVE_INFINITY;
  const shares = new Float64Array(dealt.length);
  for (const [index, fold] of dealt.entries()) {
    let unevenness = 0;
    for (const label of present) {
      for (let i = 0; i < dealt.length; i++)
        shares[i] = (dealt[i]![label]! + (i === index ? group[label]! : 0)) / totals[label]!;
      unevenness += deviation(shares);
    }
    unevenness /= present.length;
    const size = fold.reduce((sum, one) => sum + one, 0);
    if (unevenness < least || (isClose(unevenness, least) && size < fewest)) {
      best = index;
      least = unevenness;
      fewest = size;
    }
  }
  return best;
}

function deviation(values: ArrayLike<number>): number {
  const { length } = values;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / length);
}

/** NumPy's `isclose`. */
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b);
