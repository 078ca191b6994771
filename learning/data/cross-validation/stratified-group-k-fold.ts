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

function bestFold(
  dealt: readonly Float64Array[],
  group: Float64Array,
  totals: Float64Array,
  present: readonly number[],
): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let fewest = Number.POSITIVE_INFINITY;
  dealt.forEach((fold, index) => {
    const unevenness = mean(
      present.map((label) =>
        deviation(dealt.map((one, i) => (one[label]! + (i === index ? group[label]! : 0)) / totals[label]!)),
      ),
    );
    const size = fold.reduce((sum, one) => sum + one, 0);
    if (unevenness < least || (isClose(unevenness, least) && size < fewest)) {
      best = index;
      least = unevenness;
      fewest = size;
    }
  });
  return best;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** NumPy's `isclose`. */
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b);
