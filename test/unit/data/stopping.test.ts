import { expect, test } from 'vitest';
import { splitStopping } from '../../../learning/data/index.js';
import type { Dataset } from '../../../learning/data/types.js';

/** Three classes of 60, 30 and 10 rows; every text is there twice. */
const labels = Int32Array.from({ length: 100 }, (_, row) => (row < 60 ? 0 : row < 90 ? 1 : 2));
const dataset: Dataset = {
  name: 'made up',
  sourceType: 'code',
  source: '{}',
  digest: 'd',
  texts: Array.from(labels, (_, row) => `text ${row >> 1}`),
  labels,
  groups: Int32Array.from(labels, (_, row) => row >> 1),
  classes: ['a', 'b', 'c'],
};
const training = Int32Array.from({ length: 80 }, (_, i) => (i < 60 ? i : i + 20));

test('rows that early stopping watches are drawn in proportion, equal texts together', () => {
  const { train, stopping } = splitStopping(dataset, training, 0.25, 7);
  expect([...train, ...stopping].sort((a, b) => a - b)).toEqual([...training]);
  expect(stopping.length).toBeGreaterThanOrEqual(18);
  expect(stopping.length).toBeLessThanOrEqual(20);
  const groups = (rows: Int32Array) => new Set(Array.from(rows, (row) => dataset.groups[row]));
  expect([...groups(train)].filter((group) => groups(stopping).has(group))).toEqual([]);
  expect(new Set(Array.from(stopping, (row) => labels[row]))).toEqual(new Set([0, 1, 2]));
});

test('the seed decides which', () => {
  const drawn = (seed: number) => [...splitStopping(dataset, training, 0.25, seed).stopping];
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
});

test('too few texts are told of', () => {
  expect(() => splitStopping(dataset, Int32Array.of(0, 1, 60, 61), 0.1, 7)).toThrow(
    'made up: too few distinct texts',
  );
});
