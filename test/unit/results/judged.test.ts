/** Rows as models judged them: read from what runs keep, counted, held against each other. */
import { expect, test } from 'vitest';
import {
  findTestRows,
  type Judged,
  judgedTwice,
  judgementOf,
  readTestRows,
} from '../../../review/results/index.js';
import type { Run, TrackingClient } from '../../../tracking/client/index.js';

/** A client whose run keeps this file. */
const keeping = (text: string): TrackingClient =>
  ({
    listArtifacts: async () => [{ path: 'evaluation/predictions.csv', isDir: false, size: text.length }],
    downloadArtifact: async () => Buffer.from(text),
  }) as unknown as TrackingClient;
const RUN = {} as Run;

const CSV = `row,text,label,predicted,probability_bad,probability_good
3,"well, ""fine""",good,good,0.2,0.8
5,awful,bad,good,0.1,0.9
7,meh,good,bad,0.6,0.4
9,bad,bad,bad,1,0
`;

test('test rows are read with their texts, classes in the order of the columns', async () => {
  const judged = (await readTestRows(keeping(CSV), RUN))!;
  expect(judged.classes).toEqual(['bad', 'good']);
  expect(judged.rows[0]).toEqual({
    row: 3,
    text: 'well, "fine"',
    label: 'good',
    predicted: 'good',
    probability: 0.8,
  });
  const { confusion, mistakes } = judgementOf(judged);
  expect(confusion).toEqual([
    [1, 1],
    [1, 1],
  ]);
  expect(mistakes.map(({ row }) => row)).toEqual([5, 7]);
});

test('whatever lies there, it is that or nothing', async () => {
  for (const text of [
    '',
    'a,b\n1,2\n',
    'row,text,label,predicted\n1,x,a,a\n',
    `${CSV}3,"open`,
    '\0\0',
    'row,text\n1',
    CSV.replace('3,', '-3,'),
    CSV.replace('5,', '3,'),
    CSV.replace('bad,good', 'bad,neither'),
    CSV.replace('0.9', '9'),
    CSV.replace('0.9', 'much'),
  ])
    expect(await readTestRows(keeping(text), RUN)).toBeUndefined();
});

test('two models over the same rows', () => {
  const judged = (said: string): Judged => ({
    classes: ['a', 'b'],
    rows: [...said].map((predicted, row) => ({
      row,
      text: null,
      label: 'aabb'[row]!,
      predicted,
      probability: 1,
    })),
  });
  expect(judgedTwice(judged('abab'), judged('aabb'))).toMatchObject({
    rows: 4,
    bothRight: 2,
    onlyFirst: 0,
    onlySecond: 2,
    p: 0.5,
    differing: [
      { row: 1, predicted: 'b', other: 'a', otherProbability: 1 },
      { row: 2, predicted: 'a', other: 'b' },
    ],
  });
  // Only rows that both have.
  expect(judgedTwice(judged('abab'), judged('aab'))).toMatchObject({ rows: 3, onlySecond: 2 });
  expect(judgedTwice(judged('abab'), judged(''))).toBeUndefined();
  const { classes, rows } = judged('abab');
  const others = rows.map((row) => ({ ...row, text: 'of another dataset' }));
  expect(judgedTwice(judged('abab'), { classes, rows: others })).toBeUndefined();
});

test('what got an apostrophe for the sake of spreadsheets is read without it', async () => {
  const csv = "row,text,label,predicted,probability_-1,probability_+1\n0,'=1+1,'-1,'+1,0.4,0.6\n";
  expect((await readTestRows(keeping(csv), RUN))!.rows).toEqual([
    { row: 0, text: '=1+1', label: '-1', predicted: '+1', probability: 0.6 },
  ]);
});

test('why there are no test rows is told in words', async () => {
  const listing = (size: number | undefined, text = ''): TrackingClient =>
    ({
      listArtifacts: async () =>
        size === undefined ? [] : [{ path: 'evaluation/predictions.csv', isDir: false, size }],
      downloadArtifact: async () => Buffer.from(text),
    }) as unknown as TrackingClient;
  for (const [client, missing] of [
    [listing(undefined), 'keeps no evaluation/predictions.csv'],
    [listing(2 ** 30), 'of more than 64 MiB'],
    [listing(9, 'x'), 'is no table of test rows'],
  ] as const)
    expect(await findTestRows(client, RUN)).toEqual({ missing: expect.stringContaining(missing) });
});
