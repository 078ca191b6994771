/** Linear classifiers over sparse rows: TF-IDF and logistic regression, by scikit-learn's definitions. */
export {
  fitLogistic,
  type LogisticModel,
  type LogisticOptions,
  logisticProbabilities,
} from './logistic-regression.js';
export { pickRows, type SparseRows } from './sparse.js';
export { fitTfidf, type TermCorpus, type Tfidf, type TfidfOptions, termCorpus, tfidfRows } from './tfidf.js';
