/** Labelled texts in a file of one of the formats, whichever way it came here: the fields that say how to read it, and its rows. */
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import { anyOf, DatasetError } from '../errors.js';
import { FORMAT_NAMES, type FormatName, formatOf, readRecords } from '../formats/index.js';
import { type Columns, columnComplaints, columns, rowReader } from './columns.js';
import type { Row } from './source.js';

/** In a search space. */
export const TABULAR_FIELDS = {
  format: z.enum(FORMAT_NAMES).optional().describe('Format of the file; default: by its ending.'),
  columns: columns.optional().describe('Names of the columns, or of the keys in JSONL.'),
};

/** In a specification. */
export const TABULAR_SPEC = { format: z.enum(FORMAT_NAMES), columns };

/** @param naming - The field that names the file. */
export function tabularComplaints(written: Readonly<Record<string, unknown>>, naming: string): Complaint[] {
  const found: Complaint[] = [];
  const name = written[naming];
  if (typeof name === 'string' && written.format === undefined && formatOf(name) === undefined)
    found.push({
      field: naming,
      what: 'has an ending that tells no format',
      value: name,
      remedy: `add format: ${anyOf(FORMAT_NAMES)}`,
    });
  return [...found, ...columnComplaints(written)];
}

/** @param name - Of the file. Its ending tells the format where `format` is silent: `tabularComplaints` makes sure that one does. */
export function resolveTabular(
  given: { format?: FormatName | undefined; columns?: Columns | undefined },
  name: string,
): { format: FormatName; columns: Columns } {
  return { format: given.format ?? formatOf(name)!, columns: columns.parse(given.columns ?? {}) };
}

/**
 * @param where - Names the file in messages.
 * @param options - `skipUnlabelled` leaves rows out whose label is null, as their makers keep those of some test splits.
 */
export async function* readRows(
  bytes: AsyncIterable<Buffer>,
  where: string,
  { format, columns, skipUnlabelled }: { format: FormatName; columns: Columns; skipUnlabelled?: boolean },
): AsyncGenerator<Row> {
  const rowOf = rowReader(columns);
  try {
    for await (const record of readRecords(bytes, format))
      if (!skipUnlabelled || record.fields[columns.label] !== null) yield rowOf(record);
  } catch (error) {
    if (error instanceof DatasetError) throw new DatasetError(`${where}${error.message}`);
    throw error;
  }
}
