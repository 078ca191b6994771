import { describe, expect, test } from 'vitest';
import { developmentFolds, foldsOf, loadDataset, splitHeldOut } from '../../../learning/data/index.js';
import { encodedFold, encodeTexts, fitVocabulary } from '../../../learning/features/index.js';
import { tokenize } from '../../../learning/text/index.js';

describe('tokenize', () => {
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
    expect(tokenize(text)).toEqual(words);
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

describe('encoded folds', () => {
  test('equal a vocabulary fitted on the training texts, and are made once', async () => {
    const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 1);
    const { development } = splitHeldOut(dataset, 0.2, 1);
    const cv = { strategy: 'stratified_k_fold', n_splits: 3, seed: 1 } as const;
    const [fold, other] = foldsOf(dataset, development, cv);
    const request = { dataset, fold: fold!, foldKey: 'fold-0', vocabularySize: 1000, maxTokens: 16 };
    const encoded = encodedFold(request);
    const texts = (rows: Int32Array) => Array.from(rows, (row) => dataset.texts[row]!);
    const vocabulary = fitVocabulary(texts(fold!.train), 1000, 16);
    expect(encoded.vocabulary).toEqual(vocabulary);
    expect(encoded.train).toEqual(encodeTexts(vocabulary, texts(fold!.train)));
    expect(encoded.validation).toEqual(encodeTexts(vocabulary, texts(fold!.validation)));
    expect(encodedFold(request)).toBe(encoded);
    expect(encodedFold({ ...request, maxTokens: 17 })).not.toBe(encoded);
    // A fold of the same name with other rows is another fold.
    expect(encodedFold({ ...request, fold: other! }).train).not.toEqual(encoded.train);
  });
});

test('folds are split once for all trials on them, and are those of a split from scratch', async () => {
  const dataset = await loadDataset({ source: 'uci-sentiment', limit: 300, test_size: 0.2 }, 1);
  const crossValidation = { strategy: 'k_fold', n_splits: 3, seed: 1 } as const;
  const splitting = { testSize: 0.2, seed: 1, crossValidation };
  const folds = developmentFolds(dataset, splitting);
  expect(folds).toEqual(foldsOf(dataset, splitHeldOut(dataset, 0.2, 1).development, crossValidation));
  expect(developmentFolds(dataset, { ...splitting })).toBe(folds);
  expect(developmentFolds(dataset, { ...splitting, seed: 2 })).not.toEqual(folds);
});
