/** Features: what a model reads of a text. */
export { type EncodedFold, type EncodedFoldRequest, encodedFold } from './cache.js';
export { encodeTexts, fitVocabulary } from './vocabulary.js';
