import { expect, test } from 'vitest';
import { developmentFolds, foldsOf, loadDataset, splitHeldOut } from '../../../learning/data/index.js';

test('folds are split once for all trials on them, and are those of a split from scratch', async () => {
  const dataset = await loadDataset({ source: 'uci-sentiment', limit: 300, test_size: 0.2 }, 1);
  const crossValidation = { strategy: 'k_fold', n_splits: 3, seed: 1 } as const;
  const splitting = { testSize: 0.2, seed: 1, crossValidation };
  const folds = developmentFolds(dataset, splitting);
  expect(folds).toEqual(foldsOf(dataset, splitHeldOut(dataset, 0.2, 1).development, crossValidation));
  expect(developmentFolds(dataset, { ...splitting })).toBe(folds);
  expect(developmentFolds(dataset, { ...splitting, seed: 2 })).not.toEqual(folds);
});
