import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatasetError, datasetSpecOf, loadDataset } from '../../../learning/data/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dataset-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Fields of `dataset` in a search space. */
interface Fields {
  columns?: { text: string; label: string };
  limit?: number;
}

const load = (name: string, content: string | Uint8Array, fields: Fields = {}) =>
  writeFile(join(folder, name), content).then(() => loadFile(name, fields));
const loadFile = (file: string, fields: Fields = {}) =>
  loadDataset(datasetSpecOf({ file, test_size: 0.2, ...fields }, folder), 1);

async function failure(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatasetError);
  const { message } = error as DatasetError;
  expect(message).not.toContain('\n');
  return message.replace(`${folder}/`, '');
}

describe('the built-in sentences', () => {
  test('are 3,000 balanced rows without the junk rows', async () => {
    const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 1);
    expect(dataset.texts).toHaveLength(3000);
    expect(dataset.classes).toEqual(['negative', 'positive']);
    expect(dataset.labels.reduce((sum, label) => sum + label, 0)).toBe(1500);
    expect(new Set(dataset.groups).size).toBe(2979);
    expect(dataset.digest).toMatch(/^[0-9a-f]{32}$/);
    expect(dataset.sourceType).toBe('code');
  });

  test('limit draws the same rows for a seed, every class in proportion, in the old order', async () => {
    const draw = (seed: number) => loadDataset({ source: 'uci-sentiment', test_size: 0.2, limit: 301 }, seed);
    const [one, again, other] = await Promise.all([draw(1), draw(1), draw(2)]);
    expect(one.texts).toHaveLength(301);
    expect(one.labels.reduce((sum, label) => sum + label, 0)).toBeOneOf([150, 151]);
    expect(one.digest).toBe(again.digest);
    expect(one.digest).not.toBe(other.digest);
  });
});

describe('files that are fine', () => {
  test('CSV with byte order mark, CRLF, quoted newlines, quotes and empty lines', async () => {
    const csv = '\ufefflabel,text\r\npos,"a, ""b""\r\nc"\r\n\r\nneg,5" screen\r\n';
    const dataset = await load('fine.csv', csv);
    expect(dataset.texts).toEqual(['a, "b"\nc', '5" screen']);
    expect(dataset.classes).toEqual(['neg', 'pos']);
    expect([...dataset.labels]).toEqual([1, 0]);
    expect(dataset.name).toBe('fine.csv');
    expect(JSON.parse(dataset.source)).toEqual({ uri: expect.stringMatching(/^file:.*fine\.csv$/) });
  });

  test('TSV, JSONL with numbers and booleans as labels, and columns of other names', async () => {
    const tsv = await load('fine.tsv', 'sentence\tsentiment\nyes, it is\t1\nno\t0', {
      columns: { text: 'sentence', label: 'sentiment' },
    });
    expect(tsv.texts).toEqual(['yes, it is', 'no']);
    const jsonl = await load('fine.jsonl', '{"text":"yes","label":1}\n\n{"text":"no","label":false}');
    expect(jsonl.classes).toEqual(['1', 'false']);
  });

  test('the digest is of rows, not of the file format', async () => {
    const csv = await load('same.csv', 'text,label\nyes,1\nno,0\n');
    const jsonl = await load('same.jsonl', '{"label":1,"text":"yes"}\n{"label":0,"text":"no"}\n');
    expect(csv.digest).toBe(jsonl.digest);
  });

  test('characters and line ends cut by the chunks of the stream', async () => {
    const rows = Array.from({ length: 30000 }, (_, i) => `${i % 2},"é€😀 ${i}"\r\n`);
    const dataset = await load('long.csv', `label,text\r\n${rows.join('')}`);
    expect(dataset.texts).toHaveLength(30000);
    expect(dataset.texts[29999]).toBe('é€😀 29999');
  });
});

describe('files that are not', () => {
  const gzip = Uint8Array.of(0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0xff);
  const latin1 = Buffer.from('text,label\nfine,1\ncaf\xe9,0\n', 'latin1');
  const manyLabels = `text,label\n${Array.from({ length: 1001 }, (_, i) => `x,this is text ${i}\n`).join('')}`;

  test.each<[string, string, string | Uint8Array, Fields, RegExp]>([
    ['only empty lines', 'a.csv', '\n\n', {}, /^a\.csv: the file is empty/],
    ['header only', 'a.csv', 'text,label\n', {}, /^a\.csv: a header and no rows; /],
    ['one row', 'a.csv', 'text,label\nyes,1\n', {}, /^a\.csv: only 1 row; /],
    ['one class', 'a.csv', 'text,label\nyes,1\nno,1\n', {}, /^a\.csv: every row has the label "1"; /],
    [
      'missing column',
      'a.csv',
      'txt,label\nyes,1\n',
      {},
      /^a\.csv line 1: no column "text", did you mean "txt"\? there are "txt", "label"; set dataset\.columns\.text$/,
    ],
    [
      'missing key in a line of JSONL',
      'a.jsonl',
      '{"text":"yes","label":1}\n{"text":"no","lable":1}',
      {},
      /^a\.jsonl line 2: no column "label", did you mean "lable"\?/,
    ],
    [
      'a key of every object',
      'a.jsonl',
      '{}',
      { columns: { text: 'toString', label: 'label' } },
      /there are none/,
    ],
    [
      'column twice in the header',
      'a.csv',
      'text,text,label\na,b,c\n',
      {},
      /line 1: column "text" is there twice/,
    ],
    [
      'ragged row',
      'a.csv',
      'text,label\n"a\nb",1\nyes, it is,1\n',
      {},
      /^a\.csv line 4: 3 fields where the header has 2; /,
    ],
    [
      'unclosed quote',
      'a.csv',
      'text,label\nyes,1\n"no,0\n',
      {},
      /line \d+: a quote opened at or above this line/,
    ],
    [
      'unclosed quote before a long rest',
      'a.csv',
      `text,label\n"no,0\n${'yes,1\n'.repeat(200_000)}`,
      {},
      /a quote opened at or above this line is never closed/,
    ],
    [
      'broken JSON line',
      'a.jsonl',
      '{"text":"a","label":1}\n{"text":',
      {},
      /^a\.jsonl line 2: "\{\\"text\\":" is not JSON; /,
    ],
    [
      'a text nested too deeply to be written out again',
      'a.jsonl',
      `{"text":"a","label":1}\n{"text":${'['.repeat(100_000)}${']'.repeat(100_000)},"label":0}`,
      {},
      /^a\.jsonl line 2, column "text": "nested too deeply to be shown" is not a string; /,
    ],
    ['JSON that is no object', 'a.jsonl', '["a",1]', {}, /line 1: .* is not a JSON object/],
    [
      'text that is no string',
      'a.jsonl',
      '{"text":5,"label":1}',
      {},
      /line 1, column "text": "5" is not a string/,
    ],
    [
      'label that is an object',
      'a.jsonl',
      '{"text":"a","label":{}}',
      {},
      /line 1, column "label": "\{\}" is no label/,
    ],
    ['label that is null', 'a.jsonl', '{"text":"a","label":null}', {}, /"null" is no label/],
    [
      'empty label',
      'a.csv',
      'text,label\nyes,1\nno, \n',
      {},
      /^a\.csv line 3, column "label": the label is empty; /,
    ],
    ['compressed', 'a.csv', gzip, {}, /^a\.csv line 1: not UTF-8 text/],
    ['another encoding', 'a.csv', latin1, {}, /^a\.csv line 3: not UTF-8 text/],
    ['NUL', 'a.csv', 'text,label\na\0b,1\n', {}, /^a\.csv line 2: not UTF-8 text/],
    [
      'an end inside a character',
      'a.csv',
      Buffer.from('text,label\nyes,€').subarray(0, -1),
      {},
      /line 2: not UTF-8/,
    ],
    [
      'columns swapped',
      'a.csv',
      manyLabels,
      {},
      /more than 1,000 different labels in 1,001 rows, .* swapped\?/,
    ],
    [
      'limit too small',
      'a.csv',
      'text,label\na,1\nb,1\nc,0\nd,0\n',
      { limit: 3 },
      /dataset\.limit 3 is too few for 2 classes/,
    ],
  ])('%s', async (_, name, content, spec, message) => {
    expect(await failure(load(name, content, spec))).toMatch(message);
  });

  test('missing, a folder, empty, too large', async () => {
    const at = (file: string) => failure(loadFile(file));
    await mkdir(join(folder, 'folder.csv'));
    await writeFile(join(folder, 'empty.csv'), '');
    await writeFile(join(folder, 'large.csv'), '');
    await truncate(join(folder, 'large.csv'), 512 * 2 ** 20 + 1);
    expect(await at('none.csv')).toMatch(/^none\.csv: no such file; correct the path/);
    expect(await at('folder.csv')).toBe(
      'folder.csv: is a folder; name a CSV, TSV, JSONL, Parquet or Arrow file in it',
    );
    expect(await at('empty.csv')).toBe('empty.csv: is an empty file; name a file with labelled rows');
    expect(await at('large.csv')).toBe('large.csv: has 513 MiB, over the limit of 512 MiB; use a part of it');
  });
});
