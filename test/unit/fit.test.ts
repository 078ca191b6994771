/** Text and tables in terminals of any width. */
import { expect, test } from 'vitest';
import { fittedLines, fittedTable, terminalWidth, wrapped } from '../../orchestrator/cli/fit.js';

const COLUMNS = [
  { head: 'rank', cells: [1, 2] },
  { head: 'child', cells: ['lstm-10', 'lstm-2'] },
  { head: 'units', cells: [64, 32], optional: true },
  { head: 'learning_rate', cells: [0.001, 0.01], optional: true },
  { head: 'fit s', cells: ['0.12', '0.50'] },
];

test('a table with room has all columns', () => {
  const text = fittedTable(COLUMNS, undefined);
  expect(text.split('\n')[0]).toBe('rank  child    units  learning_rate  fit s');
  expect(fittedTable(COLUMNS, 42)).toBe(text);
});

test('one without leaves out optional columns, the last first, and names them', () => {
  expect(fittedTable(COLUMNS, 41)).toBe(
    [
      'rank  child    units  fit s',
      '1     lstm-10  64     0.12',
      '2     lstm-2   32     0.50',
      'No room for learning_rate: --wide',
    ].join('\n'),
  );
  const least = fittedTable(COLUMNS, 10);
  expect(least).toContain('rank  child    fit s');
  expect(least).toContain('No room\nfor units,');
});

test('sentences break between words, tables do not', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('incomprehensible word', 5)).toEqual(['incomprehensible', 'word']);
  expect(fittedLines(['', '  units = 64', 'one two three', 'a table\nof two lines'], 12)).toEqual([
    '',
    '  units = 64',
    'one two',
    'three',
    'a table\nof two lines',
  ]);
  expect(fittedLines(['one two three'], undefined)).toEqual(['one two three']);
});

test('only a terminal has a width', () => {
  const stream = (isTTY: boolean) => ({ isTTY, columns: 80 }) as NodeJS.WriteStream;
  expect(terminalWidth(stream(true))).toBe(80);
  expect(terminalWidth(stream(false))).toBeUndefined();
});
