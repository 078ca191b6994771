import { describe, expect, test } from 'vitest';
import { encodeTexts, fitVocabulary } from '../../../learning/features/index.js';
import { tokenizerOf } from '../../../learning/text/index.js';

describe('the tokenizer of words', () => {
  test.each([
    ["Don’t STOP; it's the rock'n'roll!", ["don't", 'stop', "it's", 'the', "rock'n'roll"]],
    ["'quoted' the dogs' 90's o''clock", ['quoted', 'the', 'dogs', "90's", 'o', 'clock']],
    ['ﬁne Ⅷ ² ① １２', ['fine', 'viii', '2', '1', '12']],
    ['naïve Ça ÀÉ straße ΟΔΟΣ', ['naïve', 'ça', 'àé', 'straße', 'οδος']],
    ['snake_case a-b c.d 3.14', ['snake', 'case', 'a', 'b', 'c', 'd', '3', '14']],
    ['日本語 テスト 😀 👍🏽 \ud800x', ['日本語', 'テスト', 'x']],
    [' \t\n…', []],
    ['', []],
  ])('%j', (text, words) => {
    expect(tokenizerOf('words')(text)).toEqual(words);
  });
});

describe('vocabulary', () => {
  test('holds the most frequent words, ties in alphabetical order', () => {
    expect(fitVocabulary(['b a c', 'c d', 'toString constructor'], 4, 8).words).toEqual([
      'c',
      'a',
      'b',
      'constructor',
    ]);
  });

  test('encodes the first words, pads at the end, and an empty text is one unknown word', () => {
    const encoded = encodeTexts({ words: ['a', 'b'], maxTokens: 3 }, ['B a', 'a x b a', '', '…']);
    expect([...encoded.ids]).toEqual([3, 2, 0, 2, 1, 3, 1, 0, 0, 1, 0, 0]);
    expect([...encoded.lengths]).toEqual([2, 3, 1, 1]);
    expect(encoded).toMatchObject({ rows: 4, maxTokens: 3 });
  });
});

test('a tokenizer that is not in the table is refused by name', () => {
  expect(() => tokenizerOf('syllables')).toThrow('No tokenizer "syllables"; there are words.');
});
