/** Cross-validation: from what a search space says to folds. */
export {
  type CrossValidation,
  crossValidation,
  crossValidationComplaints,
  foldCount,
  mayLackClass,
} from './settings.js';
export { foldsOf } from './split.js';
export type { CrossValidationStrategy } from './strategy.js';
export { CROSS_VALIDATION_FIELDS, crossValidationOf, missingColumn, strayFields } from './written.js';
