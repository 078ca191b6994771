/** Groups and times, to the row as scikit-learn splits them (test/fixtures/splits.py), and what it does not promise. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  crossValidation,
  type Dataset,
  foldCount,
  foldsOf,
  splitHeldOut,
  splitStopping,
} from '../../../learning/data/index.js';

interface Case {
  readonly groups: number[];
  readonly labels: number[];
  readonly times: number[];
  readonly splits: { cv: { strategy: string }; folds: { train: number[]; validation: number[] }[] }[];
}
const CASES: Case[] = JSON.parse(
  readFileSync(new URL('../../fixtures/splits.json', import.meta.url), 'utf8'),
);

const datasetOf = ({ groups, labels, times }: Omit<Case, 'splits'>): Dataset => ({
  name: 'rows',
  sourceType: 'code',
  source: '{}',
  digest: '0'.repeat(32),
  texts: groups.map((_, row) => `text ${row}`),
  labels: Int32Array.from(labels),
  groups: Int32Array.from(groups),
  groupNames: Array.from({ length: Math.max(...groups) + 1 }, (_, group) => String(group)),
  times: Float64Array.from(times),
  classes: [...new Set(labels)].sort().map(String),
});

const all = (dataset: Dataset): Int32Array => Int32Array.from(dataset.texts.keys());
const cv = (settings: object) => crossValidation.parse({ ...settings, seed: 1 });
const valuesOf = (values: ArrayLike<number>, rows: Int32Array): number[] =>
  Array.from(rows, (row) => values[row]!);

describe.each(CASES.map((one, i) => [i, one] as const))('rows %i of scikit-learn', (_, one) => {
  test.each(one.splits.map(({ cv, folds }) => [JSON.stringify(cv), cv, folds] as const))(
    '%s',
    (_, settings, expected) => {
      const timed = settings.strategy === 'time_series_split';
      const whole = datasetOf(one);
      // It knows no groups beside times: each row is one.
      const dataset = timed ? { ...whole, groups: all(whole) } : whole;
      const folds = foldsOf(dataset, all(dataset), cv(settings));
      expect(
        folds.map(({ train, validation }) => ({ train: [...train], validation: [...validation] })),
      ).toEqual(expected);
      expect(foldCount(cv(settings), { groups: new Set(one.groups).size })).toBe(expected.length);
    },
  );
});

const disjoint = (a: readonly number[], b: readonly number[]): boolean => !a.some((one) => b.includes(one));

describe('groups beside times', () => {
  const dataset = datasetOf(CASES[1]!);
  const times = dataset.times!;

  test('of a time-ordered fold no group is on both sides, and all of training comes before', () => {
    const folds = foldsOf(dataset, all(dataset), cv({ strategy: 'time_series_split', n_splits: 3 }));
    for (const { train, validation } of folds) {
      expect(disjoint(valuesOf(dataset.groups, train), valuesOf(dataset.groups, validation))).toBe(true);
      expect(Math.max(...valuesOf(times, train))).toBeLessThanOrEqual(
        Math.min(...valuesOf(times, validation)),
      );
      expect(train).toEqual(train.toSorted());
    }
  });

  test('the test rows, and those that early stopping watches, are the latest, without a group of the others', () => {
    const { development, test: held } = splitHeldOut(dataset, 0.2, 1);
    expect(held).toHaveLength(12);
    const { train, stopping } = splitStopping(dataset, development, 0.2, 1);
    for (const [before, after] of [
      [development, held],
      [train, stopping],
    ] as const) {
      expect(disjoint(valuesOf(dataset.groups, before), valuesOf(dataset.groups, after))).toBe(true);
      expect(Math.max(...valuesOf(times, before))).toBeLessThanOrEqual(Math.min(...valuesOf(times, after)));
    }
    // Left out: what shares a group with a later part.
    expect(development.length + held.length).toBeLessThan(60);
  });

  test('without times, whole groups are held out and set aside', () => {
    const { times: _, ...untimed } = dataset;
    const { development, test: held } = splitHeldOut(untimed, 0.2, 1);
    expect(disjoint(valuesOf(dataset.groups, development), valuesOf(dataset.groups, held))).toBe(true);
    expect(development.length + held.length).toBe(60);
    const { train, stopping } = splitStopping(untimed, development, 0.2, 1);
    expect(disjoint(valuesOf(dataset.groups, train), valuesOf(dataset.groups, stopping))).toBe(true);
    for (const strategy of ['stratified_k_fold', 'k_fold', 'hold_out'])
      for (const fold of foldsOf(untimed, development, cv({ strategy, n_splits: 3, validation_size: 0.3 })))
        expect(
          disjoint(valuesOf(dataset.groups, fold.train), valuesOf(dataset.groups, fold.validation)),
        ).toBe(true);
  });
});
