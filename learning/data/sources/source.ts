/** The contract of a dataset source: what a search space says of it, and the rows it gives. */
import type { z } from 'zod';
import type { Complaint } from '../complaint.js';
import type { Split } from '../types.js';

/** A labelled text as read, checked for its types only. */
export interface Row {
  readonly text: string;
  readonly label: string;
  /** Where its makers put it. */
  readonly split?: Split;
  /** Name of what it belongs to, such as its author. */
  readonly group?: string;
  /** When it was; only the order counts. */
  readonly time?: number;
}

export interface OpenedSource {
  /** The dataset's name, for display and for MLflow. */
  readonly name: string;
  /** MLflow `source_type`: `code` for built-in sources, `local` for files, `http` for what is fetched. */
  readonly sourceType: string;
  /** MLflow `source`: a JSON string. */
  readonly source: string;
  /** Reads as the caller asks for more; throws `DatasetError`. */
  readonly rows: AsyncIterable<Row> | Iterable<Row>;
  /** The rows are what `limit` left of them. */
  readonly limited?: true;
}

/** What a source may use. */
export interface SourceContext {
  /** For what can be fetched again; created by whoever first needs it. */
  readonly cacheFolder: string;
  /** Told the address of what is about to be downloaded. */
  readonly onDownload?: (address: string) => void;
}

/**
 * Fields of sources are told apart by name alone, so two sources that have a field of one name share its schema.
 *
 * A specification says all that is needed to read the same rows elsewhere, as plain values. Its `path`, if it has one,
 * is a local file: that travels with the search, so that workers on other machines read it too.
 */
export interface DatasetSource<
  Fields extends z.ZodObject = z.ZodObject,
  Spec extends z.ZodObject = z.ZodObject,
> {
  /** A few words for the schema's documentation, with a full stop. */
  readonly description: string;
  /** Goes on from `source: …, which is `. */
  readonly nature: string;
  /** How to ask for it: goes on from `add `. */
  readonly mention: string;
  /** The field of its own that names it too, so that `source` may be left out. */
  readonly namedBy?: string;
  /**
   * Whether a search carries the rows as they were read, in one file that `open` never sees: for sources of several files,
   * and of files from elsewhere. @defaultValue false
   */
  readonly rowsTravel?: true;
  /** Its fields in a search space, all of them optional: what else must hold, `complaints` says. */
  readonly fields: Fields;
  /** Its part of the specification. */
  readonly spec: Spec;
  /** What does not fit together. The fields are as written, not checked yet. */
  complaints?(written: Readonly<Record<string, unknown>>): Complaint[];
  /** @param folder - The search space's: relative paths count from it. */
  resolve(fields: z.output<Fields>, folder: string): z.output<Spec>;
  /** What keeps the data from being read, as far as a glance tells. */
  trouble?(spec: z.output<Spec>): Promise<Complaint | undefined>;
  /** @throws DatasetError when anything is wrong with the user's data */
  open(spec: z.output<Spec>, context: SourceContext): Promise<OpenedSource>;
}
