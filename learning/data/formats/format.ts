/** The contract of a data format: how a file becomes records. */

export interface ReadRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where in the file it starts: `line 3`, from 1. */
  readonly at: string;
  /** Where the file says which columns there are: at its header, or at the record itself. */
  readonly headerAt: string;
}

export interface DataFormat {
  /** As people write it: `CSV`. */
  readonly title: string;
  /** Endings of file names that tell the format, in lower case. */
  readonly extensions: readonly string[];
  /**
   * Reads records as the bytes come. Throws `DatasetError`, whose message starts behind the path: `: …` or ` line 3: …`.
   */
  read(bytes: AsyncIterable<Buffer>): AsyncIterable<ReadRecord>;
}

/** The longest record, in characters: an unclosed quote must not swallow the whole file first. */
export const MAX_RECORD = 2 ** 20;
