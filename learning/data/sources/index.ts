/** Dataset sources: from what a search space says to labelled rows. */

export { writeSnapshot } from './snapshot.js';
export type { DatasetSource, OpenedSource, Row, SourceContext } from './source.js';
export {
  type DatasetSpec,
  datasetSpec,
  datasetTrouble,
  namingField,
  openSource,
  rowsTravel,
  type SourceName,
} from './spec.js';
export { datasetComplaints, datasetSpecOf, SOURCE_FIELDS } from './written.js';
