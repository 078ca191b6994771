import { beforeAll, describe, expect, test } from 'vitest';
import type { CrossValidation } from '../../../learning/data/index.js';
import {
  crossValidation,
  type Dataset,
  DatasetError,
  datasetFacts,
  foldCount,
  foldsOf,
  loadDataset,
  splitHeldOut,
} from '../../../learning/data/index.js';

let sentences: Dataset;
beforeAll(async () => {
  sentences = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 1);
});

/** Rows of three classes (60, 30 and 10 %), every text up to four times, some of them labelled both ways. */
function awkward(): Dataset {
  const rows = 1000;
  const groups = Int32Array.from({ length: rows }, (_, row) => (row < 400 ? row >> 2 : row));
  const labels = Int32Array.from({ length: rows }, (_, row) => (row % 10 < 6 ? 0 : row % 10 < 9 ? 1 : 2));
  return {
    name: 'awkward',
    sourceType: 'code',
    source: '{}',
    digest: '0'.repeat(32),
    texts: Array.from(groups, (group) => `text ${group}`),
    labels,
    groups,
    classes: ['a', 'b', 'c'],
  };
}

const share = (dataset: Dataset, rows: Int32Array, label: number) =>
  rows.filter((row) => dataset.labels[row] === label).length / rows.length;

function expectDisjoint(dataset: Dataset, a: Int32Array, b: Int32Array) {
  const groups = new Set(Array.from(a, (row) => dataset.groups[row]));
  expect(b.some((row) => groups.has(dataset.groups[row]))).toBe(false);
}

const cv = (strategy: CrossValidation['strategy'], n_splits = 5, n_repeats = 2): CrossValidation =>
  crossValidation.parse({ strategy, n_splits, n_repeats, validation_size: 0.25, seed: 3 });

describe('held-out rows', () => {
  test('are stratified, without a text of the development rows, the same for a seed', () => {
    const { development, test: held } = splitHeldOut(sentences, 0.2, 1);
    expect(held.length).toBe(600);
    expect(development.length).toBe(2400);
    expect(share(sentences, held, 1)).toBe(0.5);
    expectDisjoint(sentences, development, held);
    expect(splitHeldOut(sentences, 0.2, 1)).toEqual({ development, test: held });
    expect(splitHeldOut(sentences, 0.2, 2).test).not.toEqual(held);
    expect(held).toEqual(held.toSorted());
  });

  test('leave a class with one text in development and take one of a class with two', () => {
    const dataset: Dataset = {
      ...awkward(),
      texts: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
      labels: Int32Array.of(0, 0, 0, 0, 0, 1, 1, 2),
      groups: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    };
    const { development, test: held } = splitHeldOut(dataset, 0.25, 1);
    expect(held.some((row) => dataset.labels[row] === 1)).toBe(true);
    expect(development).toContain(7);
  });

  test('one text only can not be split', () => {
    const dataset: Dataset = { ...awkward(), groups: new Int32Array(1000) };
    expect(() => splitHeldOut(dataset, 0.2, 1)).toThrow(DatasetError);
    expect(() => foldsOf(dataset, Int32Array.of(0, 1, 2), cv('k_fold'))).toThrow(/do not fill every fold/);
  });

  test('facts count distinct texts of the rarest class', () => {
    expect(datasetFacts(sentences, splitHeldOut(sentences, 0.2, 1))).toEqual({
      rows: 3000,
      developmentRows: 2400,
      classes: ['negative', 'positive'],
      smallestClass: expect.toSatisfy((count: number) => count > 1180 && count <= 1200),
      groups: 0,
      validationClasses: 0,
    });
  });
});

describe.each<[string, () => Dataset]>([
  ['sentences', () => sentences],
  ['awkward rows', awkward],
])('folds of %s', (_, make) => {
  test.each(['stratified_k_fold', 'k_fold', 'hold_out', 'repeated_stratified_k_fold'] as const)(
    '%s: no text on both sides, every row in one validation part of a repeat, reproducible',
    (strategy) => {
      const dataset = make();
      const { development } = splitHeldOut(dataset, 0.2, 1);
      const repeats = strategy === 'repeated_stratified_k_fold' ? 2 : 1;
      const splits = strategy === 'hold_out' ? 1 : 5;
      const folds = foldsOf(dataset, development, cv(strategy));
      expect(folds).toHaveLength(splits * repeats);
      expect(foldCount(cv(strategy), { groups: 0 })).toBe(folds.length);
      expect(foldsOf(dataset, development, cv(strategy))).toEqual(folds);
      for (const { train, validation } of folds) {
        expectDisjoint(dataset, train, validation);
        expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...development]);
        const part = strategy === 'hold_out' ? 0.25 : 1 / splits;
        expect(validation.length / development.length).toBeCloseTo(part, 2);
        if (strategy === 'k_fold') continue;
        // Drawn groups count as their commonest class; dealt ones as the classes they have.
        const slack = strategy === 'hold_out' ? 0.05 : 0.02;
        dataset.classes.forEach((_, label) => {
          expect(
            Math.abs(share(dataset, validation, label) - share(dataset, development, label)),
          ).toBeLessThan(slack);
        });
      }
      if (strategy !== 'hold_out') {
        const seen = folds.slice(0, 5).flatMap(({ validation }) => [...validation]);
        expect(seen.sort((a, b) => a - b)).toEqual([...development]);
      }
    },
  );

  test('repeats and seeds shuffle differently', () => {
    const dataset = make();
    const { development } = splitHeldOut(dataset, 0.2, 1);
    const folds = foldsOf(dataset, development, cv('repeated_stratified_k_fold', 5, 2));
    expect(folds[0]).not.toEqual(folds[5]);
    expect(foldsOf(dataset, development, { ...cv('stratified_k_fold'), seed: 4 })[0]).not.toEqual(folds[0]);
  });
});
