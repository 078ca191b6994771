import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadDataset } from '../../../learning/data/index.js';
import { encodeTexts, fitVocabulary } from '../../../learning/features/index.js';
import { tokenizerOf } from '../../../learning/text/index.js';

describe('the tokenizer of words', () => {
  test.each([
    ["Don’t STOP; it's the rock'n'roll!", ["don't", 'stop', "it's", 'the', "rock'n'roll"]],
    ["'quoted' the dogs' 90's o''clock", ['quoted', 'the', 'dogs', "90's", 'o', 'clock']],
    ['ﬁne Ⅷ ² ① １２', ['fine', 'viii', '2', '1', '12']],
    ['naïve Ça ÀÉ straße ΟΔΟΣ', ['naïve', 'ça', 'àé', 'straße', 'οδος']],
    ['snake_case a-b c.d 3.14', ['snake', 'case', 'a', 'b', 'c', 'd', '3', '14']],
    ['日本語 スーパー々 人ok \ud800x', ['日', '本', '語', 'ス', 'ー', 'パ', 'ー', '々', '人', 'ok', 'x']],
    ['这很好，ﾃﾞｰﾀ', ['这', '很', '好', 'デ', 'ー', 'タ']],
    ['ดื่มน้ำ ໒ ខ្មែរ မြန်မာ', ['ดื่', 'ม', 'น้ํ', 'า', '໒', 'ខ្', 'មែ', 'រ', 'မြ', 'န်', 'မာ']],
    ['हिन्दी में, தமிழ்', ['हिन्दी', 'में', 'தமிழ்']],
    ['می\u200cخواهم\u200c ශ්\u200dරී x\u0302y', ['می\u200cخواهم', 'ශ්\u200dරී', 'x\u0302y']],
    ['é e\u0301 İ', ['é', 'é', 'i\u0307']],
    ['한국어 영화', ['한국어', '영화']],
    ['so😀good 👍🏽👍 ❤️❤', ['so', '😀', 'good', '👍🏽', '👍', '❤', '❤']],
    ['👩‍👩‍👧‍👦🏳️‍🌈 🧑🏿‍🚀❤️‍🔥', ['👩‍👩‍👧‍👦', '🏳‍🌈', '🧑🏿‍🚀', '❤‍🔥']],
    ['🇩🇪🇯🇵 🏴󠁧󠁢󠁳󠁣󠁴󠁿 1️⃣2️⃣#️⃣', ['🇩🇪', '🇯🇵', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1⃣', '2⃣', '#⃣']],
    ['© 2025 Acme® 🫨 ⭐️', ['2025', 'acme', '🫨', '⭐']],
    [' \t\n…', []],
    ['', []],
  ])('%j', (text, words) => {
    expect(tokenizerOf('words')(text)).toEqual(words);
  });
});

describe('the tokenizer of characters', () => {
  test.each([
    ["It's OK!", ['i', 't', "'", 's', 'o', 'k', '!']],
    ['हिन्दी，很好\u200b\u0301', ['हि', 'न्', 'दी', ',', '很', '好']],
    ['👩‍👩‍👧‍👦1️⃣ ©', ['👩‍👩‍👧‍👦', '1⃣', '©']],
    [' \t\n\ud800', []],
  ])('%j', (text, characters) => {
    expect(tokenizerOf('characters')(text)).toEqual(characters);
  });
});

test('the shipped sentences have the words that they have had since the first version', async () => {
  const { texts } = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 1);
  const first = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('\u2019', "'")
      .match(/[\p{L}\p{N}]+(?:'\p{L}+)*/gu) ?? [];
  expect(texts.map(tokenizerOf('words'))).toEqual(texts.map(first));
});

test.skipIf(process.versions.unicode !== '17.0')("the classes of characters are Unicode 17's", async () => {
  const generator = fileURLToPath(new URL('../../../learning/text/unicode.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [generator]);
  // Not as two texts: they are long.
  expect(stdout === (await readFile(generator.replace(/mjs$/, 'ts'), 'utf8'))).toBe(true);
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
    const encoded = encodeTexts({ words: ['a', 'b'], maxTokens: 3, tokenizer: 'words' }, [
      'B a',
      'a x b a',
      '',
      '…',
    ]);
    expect([...encoded.ids]).toEqual([3, 2, 0, 2, 1, 3, 1, 0, 0, 1, 0, 0]);
    expect([...encoded.lengths]).toEqual([2, 3, 1, 1]);
    expect(encoded).toMatchObject({ rows: 4, maxTokens: 3 });
  });
});

test('a tokenizer that is not in the table is refused by name', () => {
  expect(() => tokenizerOf('syllables')).toThrow('No tokenizer "syllables"; there are words, characters.');
});
