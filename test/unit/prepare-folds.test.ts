/** Search spaces with groups and times, from the file to what is queued: folds, warnings, and what is refused before. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../orchestrator/app/prepare.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folds-'));
  process.env.GRIDSEARCH_HOME = folder;
  await writeFile(join(folder, 'rows.csv'), csv(120));
});
afterAll(() => rm(folder, { recursive: true }));

/** Two classes in turn, six authors in turn, a row a day; every twentieth text is that of nine days ago. */
function csv(count: number, label = (row: number): string => 'ab'[Math.floor(row / 6) % 2]!): string {
  const rows = Array.from({ length: count }, (_, row) => {
    const day = new Date(Date.UTC(2026, 0, 1 + row)).toISOString().slice(0, 10);
    return `text ${row % 20 === 19 ? row - 9 : row},${label(row)},author ${row % 6},${day}`;
  });
  return `text,label,author,day\n${rows.join('\n')}\n`;
}

async function prepared(columns: string, cv: string, more = '', file = 'rows.csv') {
  const space = join(folder, 'space.yaml');
  await writeFile(
    space,
    `name: test\ndataset: { file: ${file}, columns: { ${columns} } }\ncross_validation: { ${cv} }\nmodels: { simple: {} }\n${more}`,
  );
  const { folds, parameters, rows } = await prepare(space).catch((error: Error) => {
    throw new Error(error.message.replaceAll(`${folder}/`, ''));
  });
  return { count: folds, parameters, warnings: rows.warnings, file: JSON.parse(rows.folds) };
}

test('leave_one_group_out has as many folds as the development rows have groups, and keeps their rows', async () => {
  const { count, parameters, warnings, file } = await prepared(
    'group: author',
    'strategy: leave_one_group_out',
  );
  expect(count).toBe(5);
  expect(parameters).toMatchObject({ cv: 'leave_one_group_out', n_splits: 5, n_repeats: 1 });
  expect(new Set(file.test.map((row: number) => row % 6)).size).toBe(1);
  expect(file.folds).toHaveLength(5);
  for (const { train, validation } of file.folds) {
    expect(new Set(validation.map((row: number) => row % 6)).size).toBe(1);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(file.development);
  }
  expect(file.cross_validation).toEqual({ strategy: 'leave_one_group_out', seed: 42 });
  // The same text by two authors.
  expect(warnings.join('\n')).toContain(
    'of 20 test rows have a text that is trained on too, in another group',
  );
});

test('time_series_split trains on the past, and the test rows are the latest', async () => {
  const { count, parameters, warnings, file } = await prepared(
    'time: day',
    'strategy: time_series_split, n_splits: 2, gap: 3, test_size: 20, max_train_size: 50',
  );
  expect(count).toBe(2);
  expect(parameters).toMatchObject({
    n_splits: 2,
    gap: 3,
    cv_test_size: 20,
    max_train_size: 50,
    test_size: 0.2,
  });
  expect(file.test).toEqual(Array.from({ length: 24 }, (_, i) => 96 + i));
  // Row 90 is said again by row 99, which is a test row.
  expect(file.development).toEqual(Array.from({ length: 96 }, (_, row) => row).filter((row) => row !== 90));
  for (const { train, validation } of file.folds) {
    expect(validation).toHaveLength(20);
    expect(train.length).toBeLessThanOrEqual(50);
    expect(validation[0] - train.at(-1)).toBeGreaterThanOrEqual(4);
  }
  expect(warnings).toContain(
    '1 of 120 rows are not trained on, as their text comes again among the later test rows',
  );
});

test.each<[string, string, string, string]>([
  [
    '',
    'strategy: group_k_fold',
    '',
    'space.yaml:3:31: cross_validation.strategy: needs the column that tells the group of each row (value "group_k_fold"); add columns: { group: author } to dataset, with a file or a folder of your own',
  ],
  [
    'group: author',
    'strategy: time_series_split',
    '',
    'space.yaml:3:31: cross_validation.strategy: needs the column that tells the time of each row (value "time_series_split"); add columns: { time: date } to dataset, with a file or a folder of your own',
  ],
  [
    'group: author',
    'strategy: group_k_fold, n_splits: 6',
    '',
    'space.yaml:3:55: cross_validation.n_splits: is more than the 5 groups among the development rows (value 6); give at most 5, or rows of more groups',
  ],
  [
    'group: author',
    'strategy: leave_one_group_out, n_splits: 3',
    '',
    'remove it: leave_one_group_out takes none',
  ],
  [
    'time: day',
    'strategy: time_series_split, n_splits: 5, test_size: 19',
    '',
    'space.yaml:3:74: cross_validation.test_size: leaves the first of 5 folds no training row out of 95 (value 19); give less, or fewer folds',
  ],
  [
    'time: day',
    'strategy: k_fold, gap: 2',
    '',
    'space.yaml:3:39: cross_validation.gap: goes with strategy time_series_split only (value 2); remove it: k_fold takes n_splits',
  ],
  [
    'group: day',
    'strategy: time_series_split',
    '',
    'cross_validation.strategy: needs the column that tells the time',
  ],
])('{ %s } with { %s } is refused at its place', async (columns, cv, more, message) => {
  await expect(prepared(columns, cv, more)).rejects.toThrow(message);
});

test('folds that cannot be trained or scored are told before anything is queued', async () => {
  await writeFile(
    join(folder, 'late.csv'),
    csv(120, (row) => (row < 60 ? 'a' : 'b')),
  );
  await expect(prepared('time: day', 'strategy: time_series_split', '', 'late.csv')).rejects.toThrow(
    'space.yaml:3:31: cross_validation.strategy: trains fold 0 on rows of class "a" alone (value "time_series_split"); ask for fewer folds, use another strategy, or give more rows',
  );
  await writeFile(
    join(folder, 'early.csv'),
    csv(120, (row) => (row < 40 ? 'ab'[row % 2]! : row < 100 ? 'a' : 'b')),
  );
  await expect(
    prepared('time: day', 'strategy: time_series_split', 'objective: { metric: roc_auc }\n', 'early.csv'),
  ).rejects.toThrow(
    'space.yaml:5:22: objective.metric: is not defined in fold 1, whose validation rows are all of class "a" (value "roc_auc"); use metric: accuracy, or fewer folds',
  );
  await writeFile(join(folder, 'few.csv'), csv(120).replaceAll(/author [1-5]/g, 'author 1'));
  await expect(prepared('group: author', 'strategy: leave_one_group_out', '', 'few.csv')).rejects.toThrow(
    'needs two groups among the development rows, which have 1',
  );
  // Three authors: one is held out, and each fold trains on one.
  await writeFile(join(folder, 'three.csv'), csv(120).replaceAll(/author [2-5]/g, 'author 2'));
  await expect(
    prepared(
      'group: author',
      'strategy: group_k_fold, n_splits: 2',
      'training: { early_stopping: { patience: 1, validation_size: 0.1 } }\n',
      'three.csv',
    ),
  ).rejects.toThrow('early_stopping.validation_size: can set none of the');
});
