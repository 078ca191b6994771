import { describe, expect, test } from 'vitest';
import { modelReference } from '../../orchestrator/app/models.js';
import {
  duration,
  plain,
  progressLine,
  progressWriter,
  table,
  varying,
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

test('parameters vary when they take several values, not when a model kind lacks them', () => {
  expect(
    varying([
      { model: 'simple', epochs: 5, dropout: 0 },
      { model: 'lstm', epochs: 5, dropout: 0.3, layers: 1 },
      { model: 'lstm', epochs: 5, dropout: 0.3, layers: 1 },
    ]),
  ).toEqual(['model', 'dropout']);
});

test('the ETA counts what was settled while watching, not before', () => {
  const progress = {
    searchId: 's',
    step: 'plan',
    trials: { total: 8, settled: 4 },
    folds: { total: 24, settled: 12 },
    submittedAt: 0,
  } as const;
  expect(progressLine(progress, { folds: 6, seconds: 60 })).toBe(
    'training · folds 12/24 · trials 4/8 · 1 min 0 s · ETA 2 min 0 s',
  );
  expect(progressLine(progress, { folds: 12, seconds: 60 })).not.toContain('ETA');
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
