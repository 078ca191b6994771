/** Columns of groups and times: what is read of them, and what is refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Dataset,
  DatasetError,
  datasetComplaints,
  datasetSpecOf,
  loadDataset,
  writeSnapshot,
} from '../../../learning/data/index.js';
import { timeOf } from '../../../learning/data/sources/time.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'columns-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Columns {
  readonly group?: string;
  readonly time?: string;
}

async function load(name: string, content: string, columns: Columns = {}, limit?: number): Promise<Dataset> {
  await writeFile(join(folder, name), content);
  const given = { text: 'text', label: 'label', ...columns };
  const written = { file: name, columns: given, test_size: 0.2, ...(limit !== undefined && { limit }) };
  return loadDataset(datasetSpecOf(written, folder), 1);
}

const CSV = `text,label,who,day
one,a,10,2026-05-02
One,b,9,2026-05-01T23:00:00-02:00
two,a,9,2026-05-01
`;

test('groups are those of the column, numbers in their order, and times are in one order', async () => {
  const { groups, groupNames, times } = await load('a.csv', CSV, { group: 'who', time: 'day' });
  expect(groupNames).toEqual(['9', '10']);
  expect([...groups]).toEqual([1, 0, 0]);
  expect([...times!]).toEqual(['2026-05-02', '2026-05-02T01:00:00Z', '2026-05-01'].map(Date.parse));
  const named = await load('b.csv', CSV.replaceAll(',9,', ',ann,').replace(',10,', ',bob,'), {
    group: 'who',
  });
  expect(named.groupNames).toEqual(['ann', 'bob']);
  expect(named.times).toBeUndefined();
});

test('without them equal texts are groups, and the digest is as it ever was', async () => {
  const plain = await load('a.csv', CSV);
  expect([...plain.groups]).toEqual([0, 0, 1]);
  expect(plain.groupNames).toBeUndefined();
  const digests = [
    plain,
    await load('a.csv', CSV, { group: 'who' }),
    await load('a.csv', CSV, { time: 'day' }),
    await load('a.csv', CSV.replace('05-02', '05-03'), { time: 'day' }),
    await load('a.csv', CSV.replace(',10,', ',11,'), { group: 'who' }),
  ].map(({ digest }) => digest);
  expect(new Set(digests).size).toBe(5);
  expect(digests[0]).toBe((await load('c.csv', 'text,label\none,a\nOne,b\ntwo,a\n')).digest);
});

test('limit draws rows, not groups, and a snapshot keeps both columns', async () => {
  const rows = Array.from({ length: 40 }, (_, row) => `t${row},${'ab'[row % 2]},g${row % 2},${1000 - row}`);
  const whole = await load(
    'd.csv',
    `text,label,who,day\n${rows.join('\n')}\n`,
    { group: 'who', time: 'day' },
    10,
  );
  expect(whole.texts).toHaveLength(10);
  const { path } = await writeSnapshot(whole, folder);
  const again = await loadDataset(
    { source: 'folder', path, columns: { text: 'text', label: 'label' }, test_size: 0.2 },
    1,
  );
  for (const part of ['texts', 'groups', 'groupNames', 'times', 'digest'] as const)
    expect(again[part]).toEqual(whole[part]);
});

test.each<[string, string, Columns, string]>([
  [
    'no such column',
    CSV,
    { group: 'author' },
    'a.csv line 1: no column "author", there are "text", "label", "who", "day"; set dataset.columns.group',
  ],
  [
    'a near one',
    CSV,
    { time: 'days' },
    'a.csv line 1: no column "days", did you mean "day"? there are "text", "label", "who", "day"; set dataset.columns.time',
  ],
  [
    'an empty group',
    CSV.replace(',10,', ', ,'),
    { group: 'who' },
    'a.csv line 2, column "who": the group is empty; name one or remove the row',
  ],
  [
    'an empty time',
    CSV.replace('2026-05-02', ''),
    { time: 'day' },
    'a.csv line 2, column "day": "" is no time; give ISO 8601, such as 2026-05-31 or 2026-05-31T12:00:00Z, or a number',
  ],
  [
    'a date of another form',
    CSV.replace('2026-05-02', '02/05/2026'),
    { time: 'day' },
    'a.csv line 2, column "day": "02/05/2026" is no time; give ISO 8601, such as 2026-05-31 or 2026-05-31T12:00:00Z, or a number',
  ],
  [
    'numbers among dates',
    CSV.replace('2026-05-01\n', '2026\n'),
    { time: 'day' },
    'a.csv line 4, column "day": "2026" is a number, and the first row has a date; use one',
  ],
])('%s is told with file, line and column', async (_, csv, columns, message) => {
  const error = await load('a.csv', csv, columns).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  expect((error as Error).message.replace(`${folder}/`, '')).toBe(message);
});

test.each<[unknown, number | undefined]>([
  ['2026-05', Date.UTC(2026, 4, 1)],
  [' 2026-05-31 ', Date.UTC(2026, 4, 31)],
  ['2026-05-31 12:30', Date.UTC(2026, 4, 31, 12, 30)],
  ['2026-05-31T12:30:15,250+0230', Date.UTC(2026, 4, 31, 10, 0, 15, 250)],
  ['2026-05-31t12:30z', Date.UTC(2026, 4, 31, 12, 30)],
  [new Date(7), 7],
  ['1780272000.5', 1780272000.5],
  ['-3', -3],
  ['2026-02-30', undefined],
  ['2026-13-01', undefined],
  ['2026-05-31T25:00', undefined],
  ['yesterday', undefined],
  ['NaN', undefined],
  [null, undefined],
  [true, undefined],
])('the time of %j', (value, expected) => {
  expect(timeOf(value)?.value).toBe(expected);
});

test('nanoseconds of a Parquet file are numbers', () => {
  expect(timeOf(1_780_000_000_000_000_000n)).toEqual({ kind: 'number', value: 1.78e18 });
});

test('two roles in one column are refused, but for days as groups', () => {
  const told = (columns: object) => datasetComplaints({ file: 'a.csv', columns }).map(({ what }) => what);
  expect(told({ group: 'label' })).toEqual(['label and group are the same column']);
  expect(told({ time: 'text' })).toEqual(['text and time are the same column']);
  expect(told({ group: 'day', time: 'day' })).toEqual([]);
});
