/** Hugging Face dataset folders, written by `test/fixtures/datasets/make.py`, and the splits that they define. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  datasetSpecOf,
  datasetTrouble,
  developmentFolds,
  loadDataset,
  rowWarnings,
  splitHeldOut,
  writeSnapshot,
} from '../../../learning/data/index.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/datasets');
const COLUMNS = { text: 'sentence', label: 'label' };

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'folder-'));
});
afterAll(() => rm(home, { recursive: true }));

const specOf = (
  folder: string,
  more: { splits?: 'source'; limit?: number; columns?: object } = {},
  from = FIXTURES,
) => datasetSpecOf({ folder, columns: COLUMNS, test_size: 0.2, ...more }, from);

test('what save_to_disk wrote and a clone of the hub hold the same rows, hidden test labels left out', async () => {
  const [saved, hub] = await Promise.all([loadDataset(specOf('saved'), 1), loadDataset(specOf('hub'), 1)]);
  expect(saved.texts).toHaveLength(52);
  expect(saved.digest).toBe(hub.digest);
  expect(saved.classes).toEqual(['negative', 'positive']);
  expect(saved.splits).toBeUndefined();
});

test('with hidden test labels the validation split is held out', async () => {
  const dataset = await loadDataset(specOf('saved', { splits: 'source' }), 1);
  const { development, test } = splitHeldOut(dataset, 0.2, 7);
  expect([development.length, test.length]).toEqual([40, 12]);
  expect(dataset.texts[test[0]!]).toMatch(/^validation film 0/);
});

test('train, validation and test files: one predefined fold, and a warning of texts on both sides', async () => {
  const folder = join(home, 'csv');
  await mkdir(folder);
  const rows = (split: string, count: number) =>
    `text,label\n${Array.from({ length: count }, (_, i) => `${split} ${i},${i % 2}\n`).join('')}`;
  await writeFile(join(folder, 'train.csv'), `${rows('train', 20)}both,1\n`);
  await writeFile(join(folder, 'val.csv'), rows('val', 8));
  await writeFile(join(folder, 'test.csv'), `${rows('test', 6)}Both ,1\n`);
  const spec = specOf('csv', { splits: 'source', columns: { text: 'text', label: 'label' } }, home);
  const dataset = await loadDataset(spec, 1);
  const heldOut = splitHeldOut(dataset, 0.2, 1);
  expect(heldOut.test).toHaveLength(7);
  expect(rowWarnings(dataset, heldOut).join('\n')).toContain(
    '1 of 7 test rows have a text that is trained on too',
  );
  const [fold, ...more] = developmentFolds(dataset, {
    testSize: 0.2,
    seed: 1,
    crossValidation: { strategy: 'predefined', seed: 1 },
  });
  expect([fold!.train.length, fold!.validation.length, more.length]).toEqual([21, 8, 0]);
  const few = await loadDataset({ ...spec, limit: 18 }, 1);
  expect(splitHeldOut(few, 0.2, 1).test.length).toBeGreaterThan(1);
});

test('the snapshot of a folder gives the same dataset elsewhere, limit and splits included', async () => {
  for (const more of [{}, { splits: 'source' }, { splits: 'source', limit: 11 }, { limit: 11 }] as const) {
    const spec = specOf('saved', more);
    const here = await loadDataset(spec, 3);
    const { path } = await writeSnapshot(here, home);
    const there = await loadDataset({ ...spec, path }, 3);
    expect(there.digest).toBe(here.digest);
    expect(there.splits).toEqual(here.splits);
  }
});

test('a folder that is none, or is another, is told of before it is read', async () => {
  const what = async (folder: string, from = home) => (await datasetTrouble(specOf(folder, {}, from)))?.what;
  await mkdir(join(home, 'empty'));
  await mkdir(join(home, 'broken/train'), { recursive: true });
  await writeFile(join(home, 'broken/dataset_dict.json'), '{"splits": ["train"]}');
  await mkdir(join(home, 'astray'));
  await writeFile(join(home, 'astray/dataset_dict.json'), '{"splits": ["../broken"]}');
  expect(await what('none')).toBe('no such file');
  expect(await what('empty')).toContain('holds no dataset_dict.json');
  expect(await what('gzip.parquet', FIXTURES)).toBe('is not a folder');
  expect(await what('broken')).toBe('lacks train/state.json: no such file');
  expect(await what('astray')).toContain('of another form');
  await expect(
    loadDataset(datasetSpecOf({ source: 'uci-sentiment', splits: 'source', test_size: 0.2 }, home), 1),
  ).rejects.toThrow('uci-sentiment: defines no split of its own');
});
