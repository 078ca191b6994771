/** Cross-validation: from what a search space says to folds. */
export {
  type CrossValidation,
  crossValidation,
  crossValidationComplaints,
  crossValidationWarnings,
  foldCount,
  mayLackClass,
  scoredCount,
} from './settings.js';
export { foldsOf } from './split.js';
export type { CrossValidationStrategy } from './strategy.js';
export { CROSS_VALIDATION_FIELDS, crossValidationOf, missingColumns, strayFields } from './written.js';
