/** Data formats: bytes of a file to records. */
import { extname } from 'node:path';
import { entryOf, namesOf } from '../../table.js';
import { anyOf } from '../errors.js';
import type { DataFormat, ReadRecord } from './format.js';
import { FORMATS } from './table.js';

export type { DataFormat, ReadRecord } from './format.js';

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = namesOf<FormatName>(FORMATS);

/** `CSV, TSV, JSONL, Parquet or Arrow` */
export const FORMAT_TITLES = anyOf(Object.values<DataFormat>(FORMATS).map(({ title }) => title));

/** The format that a file's ending tells, if any. */
export function formatOf(path: string): FormatName | undefined {
  const ending = extname(path).toLowerCase();
  return FORMAT_NAMES.find((name) => FORMATS[name].extensions.includes(ending));
}

/**
 * Reads records as the bytes come.
 *
 * @throws Error when there is no such format; DatasetError, whose message starts behind the path, when the bytes are not of it
 */
export function readRecords(bytes: AsyncIterable<Buffer>, format: string): AsyncIterable<ReadRecord> {
  return entryOf<DataFormat>(FORMATS, 'data format', format).read(bytes);
}
