/** What a file format's reader gives. */

export interface ReadRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Line of the file that the record starts on, from 1. */
  readonly line: number;
  /** Line that says which columns there are: the header's, or the record's own. */
  readonly headerLine: number;
}

/**
 * Reads records from decoded text as it comes. Throws `DatasetError`, whose message starts behind the path:
 * `: …` or ` line 3: …`.
 */
export type Reader = (text: AsyncIterable<string>) => AsyncIterable<ReadRecord>;

/** The longest record, in characters: an unclosed quote must not swallow the whole file first. */
export const MAX_RECORD = 2 ** 20;
