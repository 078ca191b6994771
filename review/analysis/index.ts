/** The statistics of a search, as pure functions over plain numbers: one place, so that no two readers can differ. */
export { confusionOf, type ScoreCurves, scoreCurves } from './classification.js';
export {
  type Effect,
  type Importance,
  importances,
  type Level,
  type Scored,
  type Value,
} from './importance.js';
export { mcnemar } from './mcnemar.js';
export {
  innerMeansOf,
  type NestedTrial,
  nestedEstimate,
  optimismOf,
  pickNested,
} from './nested.js';
export { bestSoFar, paretoFront } from './pareto.js';
export { type Direction, isBetter, rankScores } from './ranks.js';
export {
  ALPHA,
  ENOUGH_SCORES,
  holm,
  leastDifference,
  leastDifferenceWith,
  type Paired,
  pairedTest,
  practicalOdds,
  REGION,
  standardErrorOf,
} from './significance.js';
export { sparkline } from './sparkline.js';
export { meanAndStd } from './spread.js';
export { criticalT, studentCdf, twoSidedP } from './student.js';
