/** Fits features, or gives what was fitted before: trials on one fold mostly differ in what the network does. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RowBatch } from '../batches/index.js';
import type { Dataset } from '../data/index.js';
import type { Features, FitContext, Fitted } from './features.js';
import type { Parameters } from './parameters.js';

const MAX_BYTES = 256 * 2 ** 20;

/** In this process only: features that are dearer than reading a file keep a cache of their own, in the context's folder. */
const cache = new LRUCache<string, Fitted>({
  maxSize: MAX_BYTES,
  // At most the whole: the latest is kept whatever its size.
  sizeCalculation: ({ bytes }) => Math.min(MAX_BYTES, Math.max(1, Math.ceil(bytes))),
});

/**
 * The features of a dataset for a fold with these training rows.
 *
 * @param parameters - Of a configuration; what is not the features' own is left aside.
 */
export async function fitFeatures<Batch extends RowBatch, Input>(
  features: Features<Batch, Input>,
  dataset: Dataset,
  trainingRows: Int32Array,
  parameters: Parameters,
  context: FitContext,
): Promise<Fitted<Batch, Input>> {
  const own = features.fitParameters.parse(parameters) as Parameters;
  const fold = features.per === 'fold' ? hash('sha1', trainingRows, 'base64') : undefined;
  const key = JSON.stringify([features.name, dataset.digest, fold, own]);
  const known = cache.get(key) as Fitted<Batch, Input> | undefined;
  if (known) return known;
  const fitted =
    features.per === 'fold'
      ? await features.fit(dataset, trainingRows, own, context)
      : await features.compute(dataset, own, context);
  cache.set(key, fitted);
  return fitted;
}
