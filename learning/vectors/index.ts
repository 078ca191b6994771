/** Word vectors: files of several formats, and named ones from registries, as the rows that a vocabulary asks for. */
export { VectorsError } from './errors.js';
export { type FoundVectors, keepVectorsFile, type VectorsContext, wordVectors } from './find.js';
export { LEARNED, vectorsName } from './name.js';
export type { WordVectors } from './store.js';
export { NAMED_VECTORS } from './table.js';
