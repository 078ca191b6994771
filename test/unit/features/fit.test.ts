import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, foldsOf, loadDataset, splitHeldOut } from '../../../learning/data/index.js';
import { type Engine, loadEngine } from '../../../learning/engine/index.js';
import {
  type Examples,
  encodeTexts,
  fitFeatures,
  fitVocabulary,
  type TokenBatch,
  tokenExamples,
  tokens,
  vocabularyFiles,
} from '../../../learning/features/index.js';
import { computed, letterCounts } from './dense.js';

let dataset: Dataset;
let context: { engine: Engine; cacheFolder: string };
let rows: Int32Array[];
beforeAll(async () => {
  context = { engine: await loadEngine(), cacheFolder: '/nonexistent' };
  dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 1);
  const { development } = splitHeldOut(dataset, 0.2, 1);
  rows = foldsOf(dataset, development, { strategy: 'k_fold', n_splits: 3, seed: 1 }).map(
    ({ train }) => train,
  );
});

const batches = (examples: Examples<TokenBatch>) => [...examples.batches(64)];

describe('tokens', () => {
  const parameters = { vocabulary_size: 1000, max_tokens: 16, embedding_dim: 8, units: 3 };
  const fitted = (training: Int32Array, more = {}) =>
    fitFeatures(tokens, dataset, training, { ...parameters, ...more }, context);

  test('know the training texts alone, and encode every row in their words', async () => {
    const first = await fitted(rows[0]!);
    const texts = (some: Int32Array) => Array.from(some, (row) => dataset.texts[row]!);
    const vocabulary = fitVocabulary(texts(rows[0]!), 1000, 16);
    expect(first.files()).toEqual(vocabularyFiles(vocabulary));
    expect(first.input).toEqual({ vocabularySize: 1002 });
    for (const some of rows) {
      const expected = batches(tokenExamples(encodeTexts(vocabulary, texts(some))));
      expect(batches(first.examples(some))).toEqual(expected);
      expect(batches(first.encode(texts(some)))).toEqual(expected);
    }
  });

  test('are fitted once for a dataset, a fold and what of the parameters they depend on', async () => {
    const first = await fitted(rows[0]!);
    expect(await fitted(rows[0]!.slice(), { embedding_dim: 9, units: 4 })).toBe(first);
    expect(await fitted(rows[0]!, { max_tokens: 17 })).not.toBe(first);
    expect(await fitted(rows[1]!)).not.toBe(first);
    const other = { ...dataset, digest: 'another' };
    expect(await fitFeatures(tokens, other, rows[0]!, parameters, context)).not.toBe(first);
  });
});

test('features of a dataset are computed once for all folds', async () => {
  const fitted = (training: Int32Array, letter: string, scale = 1) =>
    fitFeatures(letterCounts, dataset, training, { letter, scale }, context);
  const before = computed.times;
  const first = await fitted(rows[0]!, 'e');
  expect(await fitted(rows[1]!, 'e', 2)).toBe(first);
  expect(computed.times).toBe(before + 1);
  expect(await fitted(rows[0]!, 'o')).not.toBe(first);
});
