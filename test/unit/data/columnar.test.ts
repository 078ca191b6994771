/** Parquet and Arrow, on files that Hugging Face's `datasets` wrote: `test/fixtures/datasets/make.py`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DatasetError, datasetSpecOf, loadDataset } from '../../../learning/data/index.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/datasets');
const TRAIN = 'hub/data/train-00000-of-00001.parquet';
const SHARD = 'saved/train/data-00000-of-00002.arrow';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'columnar-'));
});
afterAll(() => rm(folder, { recursive: true }));

const load = (file: string, from = FIXTURES, text = 'sentence') =>
  loadDataset(datasetSpecOf({ file, columns: { text, label: 'label' }, test_size: 0.2 }, from), 1);

test('Parquet names its classes, Arrow too', async () => {
  const [parquet, arrow] = await Promise.all([load(TRAIN), load(SHARD)]);
  expect(parquet.texts).toHaveLength(40);
  expect(parquet.texts[1]).toBe('train film 1 was lovely – 😀');
  expect(parquet.classes).toEqual(['negative', 'positive']);
  expect([...parquet.labels.slice(0, 4)]).toEqual([0, 1, 0, 1]);
  expect(arrow.texts).toEqual(parquet.texts.slice(0, 20));
  expect(arrow.classes).toEqual(parquet.classes);
});

test('other compressions, row groups, and numbers without names', async () => {
  const [gzip, named] = await Promise.all([load('gzip.parquet'), load(TRAIN)]);
  expect(gzip.texts).toEqual(named.texts);
  expect(gzip.classes).toEqual(['0', '1']);
});

test('a label that its makers keep is told with its row', async () => {
  await expect(load('hub/data/test-00000-of-00001.parquet')).rejects.toThrow(
    /test-00000-of-00001\.parquet row 1, column "label": "null" is no label/,
  );
});

test('a column that is not there is told with those that are', async () => {
  for (const file of [TRAIN, SHARD])
    await expect(load(file, FIXTURES, 'text')).rejects.toThrow(
      /schema: no column "text", there are "idx", "sentence", "label"; set dataset\.columns\.text/,
    );
});

test('bytes cut off, flipped or of another format are one clear error, never rows', async () => {
  for (const [name, ending] of [
    [TRAIN, 'parquet'],
    [SHARD, 'arrow'],
  ] as const) {
    const whole = await readFile(join(FIXTURES, name));
    const flipped = Buffer.from(whole);
    flipped.fill(0xff, whole.length / 2, whole.length / 2 + 64);
    const broken = {
      short: whole.subarray(0, 300),
      half: whole.subarray(0, whole.length / 2),
      text: 'a,b\n1,2',
    };
    for (const [how, bytes] of Object.entries(broken)) {
      await writeFile(join(folder, `${how}.${ending}`), bytes);
      const error: unknown = await load(`${how}.${ending}`, folder).catch((reason: unknown) => reason);
      expect(error, `${how} ${ending}`).toBeInstanceOf(DatasetError);
      expect((error as Error).message).toMatch(
        new RegExp(`${how}\\.${ending}: is no (Parquet|Arrow) file.* that can be read`),
      );
      expect((error as Error).message).not.toContain('\n');
    }
    await writeFile(join(folder, `flipped.${ending}`), flipped);
    // Some bytes are text like any other: then nothing but a checksum could tell.
    await load(`flipped.${ending}`, folder).catch((error) => expect(error).toBeInstanceOf(DatasetError));
  }
});
