import { describe, expect, test } from 'vitest';
import { modelReference } from '../../orchestrator/app/models.js';
import {
  duration,
  plain,
  progressLine,
  progressWriter,
  shellWord,
  table,
} from '../../orchestrator/cli/render.js';

test.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [60, '1 min 0 s'],
  [3599, '59 min 59 s'],
  [7500, '2 h 5 min'],
])('%d seconds read %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a table is aligned and shows no control characters', () => {
  expect(
    table(
      ['a', 'bb'],
      [
        ['x\u001b[31m', 1],
        ['long', undefined],
      ],
    ),
  ).toBe('a       bb\nx�[31m  1\nlong');
});

test('text from outside cannot move the cursor', () => {
  expect(plain('a\u001b[2Jb\nc')).toBe('a�[2Jb�c');
});

test.each([
  ['sentiment/3', 'sentiment/3'],
  ["don't, $HOME `x`", `'don'\\''t, $HOME \`x\`'`],
  [`${'word '.repeat(20)}`, `'${'word '.repeat(11)}word'`],
])('a hint quotes %j for the shell', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test.each([
  [12, 24, 0.5, 0.78123, '█████░░░░░ folds 12/24 · best 0.7812 · 1 min 0 s · ETA 2 min 0 s'],
  [12, 24, 0.5, undefined, '█████░░░░░ folds 12/24 · 1 min 0 s · ETA 2 min 0 s'],
  [12_000, 30_000_000, 0, 0.78123, '░░░░░░░ folds 12000/30000000 · best 0.7812 · 1 min 0 s · ETA 2 min 0 s'],
])(
  'progress is a bar, the folds, the best and the time, in 80 columns',
  (settled, total, done, best, line) => {
    const progress = { step: 'plan', folds: { total, settled } } as const;
    const written = progressLine(progress, { done, left: 120 }, 60, best);
    expect(written).toBe(`training ${line}`);
    expect(written.length).toBeLessThan(80);
  },
);

test('a search that its budget ends says so, in as many words as 80 columns have room for', () => {
  const line = (total: number): string =>
    progressLine(
      { step: 'plan', folds: { total, settled: 75 } },
      { done: 0.1, left: 4320, cutBy: 'max_duration' },
      37,
      0.8077,
    );
  expect(line(120)).toBe('training · folds 75/120 · best 0.8077 · 37 s · at most 1 h 12 min: max_duration');
  expect(line(1200)).toBe('training █░░░░░░░░░ folds 75/1200 · best 0.8077 · 37 s · at most 1 h 12 min');
});

test('the end of a search has no time left to tell', () => {
  const progress = { step: 'refit', folds: { total: 24, settled: 24 } } as const;
  expect(progressLine(progress, { done: 1, left: 3 }, 60, 0.5)).not.toContain('ETA');
});

test('a search that is paused or being stopped says so, with no time left; pruned ones are told of where there is room', () => {
  const progress = { step: 'plan', folds: { total: 24, settled: 12 }, pruned: 3 } as const;
  const estimate = { done: 0.5, left: 120 };
  expect(progressLine({ ...progress, state: 'paused' }, estimate, 60, 0.5)).toBe(
    'paused █████░░░░░ folds 12/24 · best 0.5000 · pruned 3 · 1 min 0 s',
  );
  expect(progressLine({ ...progress, state: 'being stopped' }, estimate, 60, 0.5)).not.toContain('ETA');
  expect(progressLine(progress, estimate, 60, 0.5)).toContain(' · pruned 3 · ');
  const long = progressLine(
    { ...progress, folds: { total: 30_000_000, settled: 12_000 } },
    estimate,
    60,
    0.5,
  );
  expect(long).not.toContain('pruned');
  expect(long.length).toBeLessThan(80);
});

test('a log gets the first progress line and the last, however short the search', () => {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) };
  const writer = progressWriter(stream as unknown as NodeJS.WriteStream);
  writer.show('0 of 2', 'plan 0');
  writer.show('0 of 2, later', 'plan 0');
  writer.show('1 of 2', 'plan 1');
  writer.show('2 of 2', 'ended 2');
  writer.end();
  expect(written).toEqual(['0 of 2\n', '2 of 2\n']);
});

test('on a terminal the progress line is cut to fit, so that it never wraps', () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 10, write: (text: string) => written.push(text) };
  progressWriter(stream as unknown as NodeJS.WriteStream).show('training · folds 1/2', 'plan 1');
  expect(written).toContain('training ');
});

describe('a model', () => {
  test.each([
    ['sentiment', { name: 'sentiment', which: 'champion' }],
    ['sentiment@challenger', { name: 'sentiment', which: 'challenger' }],
    ['sentiment/3', { name: 'sentiment', which: '3' }],
  ])('%s is understood', (text, reference) => {
    expect(modelReference(text)).toEqual(reference);
  });

  test.each(['', '@champion', 'a@b@c', 'a/b/c', 'models:/a/1'])('%j is refused', (text) => {
    expect(() => modelReference(text)).toThrow(/is no model/);
  });
});
