/** Search spaces with nested cross-validation, from the file to what is queued: counts, parameters, warnings and refusals. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepare } from '../../orchestrator/app/prepare.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nested-'));
  process.env.GRIDSEARCH_HOME = folder;
  const rows = Array.from({ length: 120 }, (_, row) => {
    const day = new Date(Date.UTC(2026, 0, 1 + row)).toISOString().slice(0, 10);
    return `text ${row},${'ab'[Math.floor(row / 3) % 2]},author ${row % 6},${day}`;
  });
  await writeFile(join(folder, 'rows.csv'), `text,label,author,day\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function prepared(cv: string, { columns = 'text: text', models = 'simple: {}', more = '' } = {}) {
  const space = join(folder, 'space.yaml');
  await writeFile(
    space,
    `name: test\ndataset: { file: rows.csv, columns: { ${columns} } }\ncross_validation: { strategy: nested, ${cv} }\nmodels: { ${models} }\n${more}`,
  );
  return prepare(space).catch((error: Error) => {
    throw new Error(error.message.replaceAll(`${folder}/`, ''));
  });
}

test('a trial has outer × (1 + inner) folds, of which the outer ones score', async () => {
  const { folds, scored, parameters, rows } = await prepared(
    'outer: { n_splits: 4 }, inner: { strategy: repeated_stratified_k_fold, n_splits: 2, n_repeats: 3 }',
  );
  expect([folds, scored]).toEqual([28, 4]);
  // What reads the folds of a trial takes the product of the first two.
  expect(parameters).toMatchObject({
    n_splits: 4,
    n_repeats: 1,
    cv: 'nested',
    outer_cv: 'stratified_k_fold',
    inner_cv: 'repeated_stratified_k_fold',
    inner_n_splits: 2,
    inner_n_repeats: 3,
  });
  const file = JSON.parse(rows.folds);
  expect(file.folds).toHaveLength(28);
  expect(file.folds[27].inner).toEqual({ outer_fold: 3, split: 5 });
  // By the outer folds alone: as if there were no inner ones.
  const space = join(folder, 'plain.yaml');
  await writeFile(
    space,
    'name: test\ndataset: { file: rows.csv }\ncross_validation: { n_splits: 4 }\nmodels: { simple: {} }\n',
  );
  const alone = await prepare(space);
  expect(rows.baselines).toEqual(alone.rows.baselines);
  expect(alone).not.toHaveProperty('scored');
  expect(file.folds.slice(0, 4)).toEqual(JSON.parse(alone.rows.folds).folds);
});

test('both parts have the usual default', async () => {
  const { folds, scored } = await prepared('outer: {}');
  expect([folds, scored]).toEqual([12, 3]);
});

describe('is warned of:', () => {
  test('inner folds that look into the future of rows with times', async () => {
    const outer = 'outer: { strategy: time_series_split }';
    const told = /inner stratified_k_fold trains on rows later than those it validates on/;
    const columns = 'time: day';
    expect((await prepared(outer, { columns })).rows.warnings.join('\n')).toMatch(told);
    const both = `${outer}, inner: { strategy: time_series_split }`;
    expect((await prepared(both, { columns })).rows.warnings.join('\n')).not.toMatch(told);
  });

  test('an outer fold that is alone', async () => {
    const told = /outer hold_out is one fold: the nested estimate rests on its rows alone/;
    expect((await prepared('outer: { strategy: hold_out }')).rows.warnings.join('\n')).toMatch(told);
    expect((await prepared('inner: { strategy: hold_out }')).rows.warnings.join('\n')).not.toMatch(told);
  });

  test('epochs that are picked on the rows that score', async () => {
    const told = /early stopping of simple picks epochs on the rows that score a fold/;
    const warnings = async (stopping: string) =>
      (
        await prepared('outer: {}', { models: `simple: { early_stopping: { ${stopping} } }` })
      ).rows.warnings.join('\n');
    expect(await warnings('patience: 2')).toMatch(told);
    expect(await warnings('patience: 2, validation_size: 0.1')).not.toMatch(told);
  });
});

describe('is refused, with line and remedy:', () => {
  test.each([
    ['strategy: nested', 'space.yaml:3:58: cross_validation.outer.strategy: is not a known strategy'],
    [
      'strategy: group_k_fold',
      'cross_validation.outer.strategy: needs the column that tells the group of each row',
    ],
    [
      'n_repeats: 2',
      'space.yaml:3:48: cross_validation.outer.n_repeats: goes with strategy repeated_stratified_k_fold only',
    ],
    ['n_splits: 1', 'space.yaml:3:58: cross_validation.outer.n_splits: is out of range (value 1)'],
    ['n_splits: 90', 'space.yaml:3:58: cross_validation.outer.n_splits: is more than the'],
  ])('outer: { %s }', async (outer, message) => {
    await expect(prepared(`outer: { ${outer} }`)).rejects.toThrow(message);
  });

  test.each([
    ['strategy: predefined', 'cross_validation.inner.strategy: is not a known strategy (value "predefined")'],
    ['strategy: leave_one_group_out', 'cross_validation.inner.strategy: is not a known strategy'],
    [
      'n_splits: 40',
      'distinct development texts of the smallest class, counting what outer fold 0 trains on (value 40)',
    ],
    [
      'strategy: time_series_split',
      'cross_validation.inner.strategy: needs the column that tells the time of each row',
    ],
  ])('inner: { %s }', async (inner, message) => {
    await expect(prepared(`inner: { ${inner} }`)).rejects.toThrow(message);
  });

  test('more folds than anybody trains', async () => {
    await expect(prepared('outer: { n_splits: 40 }, inner: { n_splits: 30 }')).rejects.toThrow(
      'cross_validation.strategy: makes 1240 folds of each configuration, over the limit of 1000 (value "nested")',
    );
  });

  test('folds of its own beside those of its parts', async () => {
    await expect(prepared('n_splits: 3')).rejects.toThrow('remove it: nested takes outer and inner');
  });

  test('what chooses by the outer scores what is tried', async () => {
    const more = 'strategy: { kind: tpe, max_trials: 5 }\npruning: { folds: forgiving }';
    const tried = prepared('outer: {}', { more });
    await expect(tried).rejects.toThrow('space.yaml:5:19: strategy.kind: goes by the outer scores');
    await expect(tried).rejects.toThrow('space.yaml:6:19: pruning.folds: goes by the outer scores');
    await expect(prepared('outer: {}', { more: 'pruning: { folds: off }' })).resolves.toBeDefined();
  });
});
