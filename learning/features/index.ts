/** Features: what a model reads of a text, in batches. */
export { type Examples, lengthBatches, type RowBatch, sortedBatches } from '../batches/index.js';
export { ENCODER_PARAMETERS } from '../encoders/index.js';
export { type TokenBatch, tokenExamples } from './batches.js';
export type {
  DatasetFeatures,
  Encoder,
  FeatureFiles,
  Features,
  FitContext,
  Fitted,
  FoldFeatures,
  Loaded,
  PackageFiles,
  WeightShape,
} from './features.js';
export { fitFeatures } from './fit.js';
export { NAMES_FILE, type Parameters, type ParameterValue } from './parameters.js';
export { type PieceInput, pieces } from './pieces.js';
export { PACKAGED_ENCODER, sentences, type VectorBatch, type VectorInput } from './sentences.js';
export { FEATURES } from './table.js';
export { type SparseBatch, type TermInput, TFIDF_PARAMETERS, tfidf } from './tfidf.js';
export {
  TOKEN_PARAMETERS,
  type TokenInput,
  tokenInput,
  tokens,
  type VocabularyVectors,
  vocabularyFiles,
} from './tokens.js';
export { type EncodedTexts, encodeTexts, FIRST_WORD, fitVocabulary, type Vocabulary } from './vocabulary.js';
