import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prepare } from '../../orchestrator/app/index.js';
import { baselinesOf, baselinesTag } from '../../tracking/client/index.js';

it('the majority class is measured under the folds of the search and on its test rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baselines-'));
  try {
    // 30 of 40 rows are good: 75 % in every fold and in the test set, as all are stratified.
    const rows = Array.from(
      { length: 40 },
      (_, row) => `text number ${row},${row % 4 === 0 ? 'bad' : 'good'}`,
    );
    writeFileSync(join(folder, 'rows.csv'), `text,label\n${rows.join('\n')}\n`);
    writeFileSync(
      join(folder, 'space.yaml'),
      `name: b\ndataset: { file: rows.csv, test_size: 0.2 }\nobjective: { metric: f1_macro }
cross_validation: { strategy: stratified_k_fold, n_splits: 4 }\nmodels: { simple: {} }\n`,
    );
    const { baselines } = (await prepare(join(folder, 'space.yaml'))).rows;
    // Always "good": F1 of good 2·0.75 / 1.75, of bad 0.
    expect(baselines).toEqual([
      { name: 'majority class', mean: expect.closeTo(3 / 7, 9), std: expect.closeTo(0, 9), test: 3 / 7 },
    ]);
    expect(baselinesOf(baselinesTag(baselines))).toEqual(baselines);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a tag of anybody else holds no baselines, and no number that is none gets into one', () => {
  expect(baselinesOf(undefined)).toEqual([]);
  expect(baselinesOf('{')).toEqual([]);
  expect(baselinesOf('[{"name":"x"}]')).toEqual([]);
  expect(baselinesTag([{ name: 'x', mean: Number.NaN, std: 0, test: 1 }])).toBe('[]');
});
