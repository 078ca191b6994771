/** Labelled texts: loads them, splits them without leaks, and turns them into word ids. */
export {
  developmentFolds,
  type EncodedFold,
  type EncodedFoldRequest,
  encodedFold,
} from '../features/cache.js';
export { encodeTexts, fitVocabulary } from '../features/vocabulary.js';
export { tokenize } from '../text/tokenize.js';
export { DatasetError } from './errors.js';
export { type DatasetFacts, datasetFacts } from './facts.js';
export { loadDataset } from './load.js';
export { type DatasetPart, type DatasetParts, datasetParts, digestOfRows } from './parts.js';
export {
  type CrossValidation,
  crossValidation,
  type DatasetSpec,
  datasetSpec,
  foldCount,
} from './spec.js';
export { foldsOf, splitHeldOut } from './split.js';
export type { Dataset, EncodedTexts, Fold, HeldOut, Vocabulary } from './types.js';
