/** Writes what a search trains on as JSON: the very rows, splits and word ids, so that peers train on the same. */
import { writeFile } from 'node:fs/promises';
import { foldsOf, loadDataset, splitHeldOut } from '../../dist/learning/data/index.js';
import { encodeTexts, fitVocabulary } from '../../dist/learning/features/index.js';
import { configurationAt, configurationCount } from '../../dist/orchestrator/search/index.js';
import { readSearchSpace } from '../../dist/orchestrator/space/index.js';

/** Returns the number of configurations and folds. */
export async function exportRows(searchSpace, path) {
  const space = await readSearchSpace(searchSpace);
  const configurations = Array.from({ length: configurationCount(space) }, (_, index) => {
    const { parameters } = configurationAt(space, index);
    return { index, ...parameters };
  });
  const [{ vocabulary_size: vocabularySize, max_tokens: maxTokens }] = configurations;
  if (configurations.some((c) => c.vocabulary_size !== vocabularySize || c.max_tokens !== maxTokens)) {
    throw new Error('the peers take one vocabulary size and one text length for the whole grid');
  }

  const dataset = await loadDataset(space.dataset, space.seed);
  const { development, test } = splitHeldOut(dataset, space.dataset.test_size, space.seed);
  const encode = (fold) => {
    const texts = (rows) => Array.from(rows, (row) => dataset.texts[row]);
    const vocabulary = fitVocabulary(texts(fold.train), vocabularySize, maxTokens);
    const side = (name) => ({
      ids: Array.from(encodeTexts(vocabulary, texts(fold[name])).ids),
      labels: Array.from(fold[name], (row) => dataset.labels[row]),
    });
    return {
      vocabularySize: vocabulary.words.length + 2, // and padding, and the unknown word
      train: side('train'),
      validation: side('validation'),
    };
  };
  const folds = foldsOf(dataset, development, space.cross_validation).map(encode);
  const refit = encode({ train: development, validation: test });
  await writeFile(path, JSON.stringify({ seed: space.seed, maxTokens, configurations, folds, refit }));
  return { configurations: configurations.length, folds: configurations.length * folds.length };
}
