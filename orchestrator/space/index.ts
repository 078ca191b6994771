/** Search spaces: YAML file in, validated value out, expanded lazily into configurations. */
export { limitsOf, secondsOf } from './budget.js';
export { checkDataset, issueAt } from './check-dataset.js';
export { checkFolds, checkInnerFolds } from './check-folds.js';
export type { Position, SearchSpaceIssue } from './issues.js';
export { formatIssue, formatPath, SearchSpaceError, showValue } from './issues.js';
export { searchSpaceJsonSchema } from './json-schema.js';
export { modelNameTrouble } from './model-name.js';
export { MAX_CONFIGURATIONS, parseSearchSpace } from './parse.js';
export { checkSearchSpace, liesIn, readSearchSpace } from './read.js';
export type { Axis, ModelSpace, SearchSpace } from './types.js';
export { placeOf } from './types.js';
export { valuesByKind } from './values.js';
