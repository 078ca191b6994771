/** Features: what a model reads of a text, in batches. */
import { entryOf } from '../table.js';
import type { Features } from './features.js';
import { FEATURES } from './table.js';

export { type TokenBatch, tokenExamples } from './batches.js';
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
export { TOKEN_PARAMETERS, type TokenInput, tokenInput, tokens, vocabularyFiles } from './tokens.js';
export { type EncodedTexts, encodeTexts, fitVocabulary, type Vocabulary } from './vocabulary.js';
export { FEATURES };

/** @throws Error when there are no such features */
export const featuresOf = (name: string): Features => entryOf<Features>(FEATURES, 'features', name);
