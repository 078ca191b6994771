/** What this benchmark uses of ours. */
export { loadEngine } from '../../dist/learning/engine/index.js';
export {
  encodeTexts,
  fitVocabulary,
  tokenExamples,
  vocabularyFiles,
} from '../../dist/learning/features/index.js';
export { classificationMetrics } from '../../dist/learning/metrics/index.js';
export { modelKind, toPortableModel } from '../../dist/learning/models/index.js';
export { loadPredictor, writeModelPackage } from '../../dist/learning/package/index.js';
export { randomStream, shuffle } from '../../dist/learning/random/index.js';
export { trainClassifier } from '../../dist/learning/training/index.js';
