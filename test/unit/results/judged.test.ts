/** Rows as models judged them: read from what runs keep, counted, held against each other. */
import { expect, test } from 'vitest';
import { type Judged, judgedTwice, judgementOf, readTestRows } from '../../../review/results/index.js';
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
      { row: 1, predicted: 'b', other: 'a' },
      { row: 2, predicted: 'a', other: 'b' },
    ],
  });
  expect(judgedTwice(judged('abab'), judged('aab'))).toBeUndefined();
});
