/** The first rows of a CSV file, as the review page shows them. */
import { expect, test } from 'vitest';
import { parseCsv } from '../../../review/page/client/csv.js';

test('quotes may hold separators, quotes and line breaks', () => {
  expect(parseCsv('a,b\r\n"x, ""y""\nz",2\n', ',', 10)).toEqual([
    ['a', 'b'],
    ['x, "y"\nz', '2'],
  ]);
});

test('no more rows are read than asked for, and the last needs no line break', () => {
  expect(parseCsv('a\nb\nc', ',', 2)).toEqual([['a'], ['b']]);
  expect(parseCsv('a\tb', '\t', 2)).toEqual([['a', 'b']]);
  expect(parseCsv('', ',', 2)).toEqual([]);
});
