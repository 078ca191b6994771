import { expect, test } from 'vitest';
import { datasetParts, digestOfRows, loadDataset, splitHeldOut } from '../../../learning/data/index.js';

test('both parts of a dataset are described, each by the digest of its own rows', async () => {
  const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 1);
  const heldOut = splitHeldOut(dataset, 0.2, 1);
  const parts = datasetParts(dataset, heldOut);
  expect(parts.train).toMatchObject({
    name: 'uci-sentiment',
    sourceType: 'code',
    rows: 2400,
    classes: 2,
    context: 'train',
    digest: digestOfRows(dataset, heldOut.development),
  });
  expect(parts.eval).toMatchObject({
    rows: 600,
    context: 'eval',
    digest: digestOfRows(dataset, heldOut.test),
  });
  expect(new Set([dataset.digest, parts.train.digest, parts.eval.digest]).size).toBe(3);
});
