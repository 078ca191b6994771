/** Labelled texts: loads them, describes them, and splits them without leaks. */
export type { Complaint } from './complaint.js';
export {
  CROSS_VALIDATION_FIELDS,
  type CrossValidation,
  crossValidation,
  crossValidationComplaints,
  crossValidationOf,
  crossValidationWarnings,
  foldCount,
  foldsOf,
  mayLackClass,
  missingColumns,
  scoredCount,
  strayFields,
} from './cross-validation/index.js';
export { DatasetError, quoted, unreadable } from './errors.js';
export { type DatasetFacts, datasetFacts } from './facts.js';
export { foldDigest } from './fold-digest.js';
export { developmentFolds, type Splitting } from './folds.js';
export { foldsFile } from './folds-file.js';
export { decodeUtf8 } from './formats/decode.js';
export { FORMAT_TITLES, formatOf, readRecords } from './formats/index.js';
export { splitHeldOut } from './held-out.js';
export { loadDataset } from './load.js';
export { type DatasetPart, type DatasetParts, datasetParts, digestOfRows } from './parts.js';
export {
  type DatasetSpec,
  datasetComplaints,
  datasetSpec,
  datasetSpecOf,
  datasetTrouble,
  namingField,
  rowsTravel,
  SOURCE_FIELDS,
  type SourceName,
  writeSnapshot,
} from './sources/index.js';
export { type StoppingSplit, splitStopping } from './stopping.js';
export type { Dataset, Fold, HeldOut } from './types.js';
export { foldName, foldWarnings, rowWarnings } from './warnings.js';
