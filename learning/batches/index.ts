/** Batches: rows of features, some together, whatever the features are. */
export { lengthBatches, sortedBatches } from './by-length.js';
export type { Examples, RowBatch } from './examples.js';
