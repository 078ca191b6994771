/** What a dataset source gives: rows one by one, and words about where they come from. */
import type { DatasetSpec } from '../spec.js';

/** A labelled text as read, checked for its types only. */
export interface Row {
  readonly text: string;
  readonly label: string;
}

export interface OpenedSource {
  /** The dataset's name, for display and for MLflow. */
  readonly name: string;
  /** MLflow `source_type`: `code` for built-in sources, `local` for files. */
  readonly sourceType: string;
  /** MLflow `source`: a JSON string. */
  readonly source: string;
  /** Reads as the caller asks for more; throws `DatasetError`. */
  readonly rows: AsyncIterable<Row> | Iterable<Row>;
}

/** Opens a source. Anything wrong with the user's data is a `DatasetError`. */
export type DatasetSource = (spec: DatasetSpec) => Promise<OpenedSource>;
