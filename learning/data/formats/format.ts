/** The contract of a text format: how a file becomes records. */

export interface ReadRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Line of the file that the record starts on, from 1. */
  readonly line: number;
  /** Line that says which columns there are: the header's, or the record's own. */
  readonly headerLine: number;
}

export interface TextFormat {
  /** As people write it: `CSV`. */
  readonly title: string;
  /** Endings of file names that tell the format, in lower case. */
  readonly extensions: readonly string[];
  /**
   * Reads records from decoded text as it comes. Throws `DatasetError`, whose message starts behind the path:
   * `: …` or ` line 3: …`.
   */
  read(text: AsyncIterable<string>): AsyncIterable<ReadRecord>;
}

/** The longest record, in characters: an unclosed quote must not swallow the whole file first. */
export const MAX_RECORD = 2 ** 20;
