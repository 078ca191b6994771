/** Times as the page writes them. */
import { expect, test } from 'vitest';
import { duration } from '../../../review/page/client/format.js';

test.each([
  [0, '0.0 s'],
  [9_940, '9.9 s'],
  [9_970, '10 s'],
  [59_700, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [3_599_700, '1 h 0 min'],
  [7_500_000, '2 h 5 min'],
])('%d ms are %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
