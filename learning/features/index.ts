/** Features: what a model reads of a text, in batches. */
export { lengthBatches, sortedBatches, type TokenBatch, tokenExamples } from './batches.js';
export type {
  DatasetFeatures,
  Encoder,
  Examples,
  FeatureFiles,
  Features,
  FitContext,
  Fitted,
  FoldFeatures,
  Loaded,
  PackageFiles,
  RowBatch,
  WeightShape,
} from './features.js';
export { fitFeatures } from './fit.js';
export type { Parameters, ParameterValue } from './parameters.js';
export { FEATURES } from './table.js';
export { type SparseBatch, type TermInput, TFIDF_PARAMETERS, tfidf } from './tfidf.js';
export { TOKEN_PARAMETERS, type TokenInput, tokenInput, tokens, vocabularyFiles } from './tokens.js';
export { type EncodedTexts, encodeTexts, FIRST_WORD, fitVocabulary, type Vocabulary } from './vocabulary.js';
