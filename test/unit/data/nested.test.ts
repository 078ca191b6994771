/** Nested cross-validation: which rows are where, by hand and for every pair of strategies. */
import { describe, expect, test } from 'vitest';
import {
  type CrossValidation,
  crossValidation,
  type Dataset,
  type Fold,
  foldCount,
  foldsFile,
  foldsOf,
  scoredCount,
} from '../../../learning/data/index.js';

/** Rows of two classes in turn. @param group - By row; as column, as equal texts, or both. */
function dataset(rows: number, group: (row: number) => number, more: Partial<Dataset> = {}): Dataset {
  const all = Array.from({ length: rows }, (_, row) => row);
  return {
    name: 'rows',
    sourceType: 'code',
    source: '{}',
    digest: 'd',
    texts: all.map((row) => `text ${group(row)}`),
    labels: Int32Array.from(all, (row) => row % 2),
    groups: Int32Array.from(all, group),
    classes: ['a', 'b'],
    ...more,
  };
}

const nested = (outer: object, inner: object): CrossValidation =>
  crossValidation.parse({ strategy: 'nested', outer, inner, seed: 7 });
const all = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);
const plain = (folds: readonly Fold[]) =>
  folds.map(({ train, validation, inner }) => ({
    train: [...train],
    validation: [...validation],
    ...(inner && { inner }),
  }));

test('outer folds come first, then those of what each trains on: rows as written down by hand', () => {
  // Eight rows of groups a a b b c c d d: the largest group first, of one size the last one first.
  const rows = dataset(8, (row) => Math.floor(row / 2), { groupNames: ['a', 'b', 'c', 'd'] });
  const cv = nested({ strategy: 'group_k_fold', n_splits: 2 }, { strategy: 'group_k_fold', n_splits: 2 });
  expect([foldCount(cv, { groups: 4 }), scoredCount(cv, { groups: 4 })]).toEqual([6, 2]);
  const folds = foldsOf(rows, all(8), cv);
  expect(plain(folds)).toEqual([
    { train: [0, 1, 4, 5], validation: [2, 3, 6, 7] },
    { train: [2, 3, 6, 7], validation: [0, 1, 4, 5] },
    { train: [0, 1], validation: [4, 5], inner: { outer: 0, split: 0 } },
    { train: [4, 5], validation: [0, 1], inner: { outer: 0, split: 1 } },
    { train: [2, 3], validation: [6, 7], inner: { outer: 1, split: 0 } },
    { train: [6, 7], validation: [2, 3], inner: { outer: 1, split: 1 } },
  ]);
  const file = JSON.parse(foldsFile(rows, { development: all(8), test: new Int32Array() }, cv, folds));
  expect(file.cross_validation).toEqual(cv);
  expect(file.folds[0]).toEqual({ fold: 0, train: [0, 1, 4, 5], validation: [2, 3, 6, 7] });
  expect(file.folds[5]).toEqual({
    fold: 5,
    inner: { outer_fold: 1, split: 1 },
    train: [6, 7],
    validation: [2, 3],
  });
});

const OUTER = [
  { strategy: 'stratified_k_fold', n_splits: 4 },
  { strategy: 'k_fold', n_splits: 3 },
  { strategy: 'repeated_stratified_k_fold', n_splits: 3, n_repeats: 2 },
  { strategy: 'hold_out', validation_size: 0.3 },
  { strategy: 'group_k_fold', n_splits: 3 },
  { strategy: 'stratified_group_k_fold', n_splits: 3 },
  { strategy: 'leave_one_group_out' },
  { strategy: 'time_series_split', n_splits: 3 },
];
const INNER = OUTER.filter(({ strategy }) => strategy !== 'leave_one_group_out');

describe.each(OUTER)('outer $strategy', (outer) => {
  const count = 180;
  // Groups of several rows, spread over time, each with both classes.
  const rows = dataset(count, (row) => (row * 7) % 12, {
    groupNames: Array.from({ length: 12 }, (_, group) => `author ${group}`),
    times: Float64Array.from({ length: count }, (_, row) => row),
    labels: Int32Array.from({ length: count }, (_, row) => Math.floor(row / 3) % 2),
  });
  // Of time, groups that end: one that goes on to the end can't be trained on.
  const timed = { ...rows, groups: Int32Array.from({ length: count }, (_, row) => Math.floor(row / 5)) };
  const isTimed = (part: { strategy: string }): boolean => part.strategy === 'time_series_split';

  test.each(INNER)('and inner $strategy: nothing of an outer fold leaks into the choice for it', (inner) => {
    const data = isTimed(outer) || isTimed(inner) ? timed : rows;
    const groups = new Set(data.groups).size;
    const cv = nested(outer, inner);
    const development = all(count).filter((row) => row % 10 !== 0);
    const folds = foldsOf(data, development, cv);
    const outerFolds = folds.filter((fold) => fold.inner === undefined);
    const innerFolds = folds.slice(outerFolds.length);
    expect(folds.length).toBe(foldCount(cv, { groups }));
    expect(outerFolds.length).toBe(scoredCount(cv, { groups }));

    // As if there were no inner ones.
    const alone = crossValidation.parse({ ...outer, seed: 7 });
    expect(plain(outerFolds)).toEqual(plain(foldsOf(data, development, alone)));

    const each = innerFolds.length / outerFolds.length;
    for (const [i, { train, validation, inner: place }] of innerFolds.entries()) {
      expect(place).toEqual({ outer: Math.floor(i / each), split: i % each });
      const around = outerFolds[place!.outer]!;
      const within = new Set(around.train);
      const outside = new Set(around.validation);
      const groupsOf = (some: Int32Array) => new Set(Array.from(some, (row) => data.groups[row]!));
      for (const row of [...train, ...validation]) {
        expect(within.has(row)).toBe(true);
        expect(outside.has(row)).toBe(false);
      }
      expect(train.some((row) => validation.includes(row))).toBe(false);
      const validated = groupsOf(validation);
      const scored = groupsOf(around.validation);
      expect([...groupsOf(train)].some((group) => validated.has(group) || scored.has(group))).toBe(false);
      expect([...validated].some((group) => scored.has(group))).toBe(false);
      if (isTimed(outer))
        expect(Math.max(...train, ...validation)).toBeLessThan(Math.min(...around.validation));
      if (isTimed(inner)) expect(Math.max(...train)).toBeLessThan(Math.min(...validation));
      // All of what the outer fold trains on, but for what time leaves out.
      if (!isTimed(inner)) expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...around.train]);
    }
  });
});

test('equal texts stay together in inner folds, too', () => {
  const rows = dataset(60, (row) => row % 15);
  const folds = foldsOf(
    rows,
    all(60),
    nested({ strategy: 'stratified_k_fold', n_splits: 3 }, { strategy: 'k_fold', n_splits: 2 }),
  );
  expect(folds).toHaveLength(9);
  for (const { train, validation } of folds) {
    const trained = new Set(Array.from(train, (row) => rows.texts[row]));
    expect(validation.some((row) => trained.has(rows.texts[row]!))).toBe(false);
  }
});

test('of 100,000 rows all folds take a few megabytes', () => {
  const count = 100_000;
  const rows = dataset(count, (row) => row);
  const folds = foldsOf(
    rows,
    all(count),
    nested({ strategy: 'stratified_k_fold', n_splits: 5 }, { strategy: 'stratified_k_fold', n_splits: 3 }),
  );
  const bytes = folds.reduce(
    (sum, { train, validation }) => sum + train.byteLength + validation.byteLength,
    0,
  );
  // Five times all rows, and fifteen times four fifths of them, four bytes each: within what developmentFolds keeps.
  expect(bytes).toBe(4 * (5 * count + 15 * 0.8 * count));
});
