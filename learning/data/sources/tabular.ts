/** Labelled texts in a file of one of the formats, whichever way it came here: the fields that say how to read it, and its rows. */
import leven from 'leven';
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import { anyOf, DatasetError, listed, quoted } from '../errors.js';
import { FORMAT_NAMES, type FormatName, formatOf, type ReadRecord, readRecords } from '../formats/index.js';
import type { Row } from './source.js';

const columnName = z.string().min(1);
export const columns = z.strictObject({
  text: columnName.default('text').describe('Column of the texts.'),
  label: columnName.default('label').describe('Column of the classes.'),
});
export type Columns = z.output<typeof columns>;

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

export function columnComplaints(written: Readonly<Record<string, unknown>>): Complaint[] {
  // Half of the pair may be left to its default.
  const { text = 'text', label = 'label' } = Object(written.columns);
  if (typeof text !== 'string' || text !== label) return [];
  return [
    {
      field: 'columns',
      what: 'text and label are the same column',
      value: text,
      remedy: 'name two different columns',
    },
  ];
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
  try {
    for await (const record of readRecords(bytes, format))
      if (!skipUnlabelled || record.fields[columns.label] !== null) yield rowOf(record, columns);
  } catch (error) {
    if (error instanceof DatasetError) throw new DatasetError(`${where}${error.message}`);
    throw error;
  }
}

/** Messages of readers, and of this, start behind the path: `: …` or ` line 3: …`. */
function rowOf(record: ReadRecord, columns: Columns): Row {
  const at = ` ${record.at}`;
  const text = field(record, columns.text, 'text');
  if (typeof text !== 'string') {
    throw new DatasetError(
      `${at}, column ${quoted(columns.text)}: ${quoted(text)} is not a string; texts must be strings`,
    );
  }
  const label = field(record, columns.label, 'label');
  if (typeof label !== 'string' && typeof label !== 'number' && typeof label !== 'boolean') {
    throw new DatasetError(
      `${at}, column ${quoted(columns.label)}: ${quoted(label)} is no label; use a string, a number or true/false`,
    );
  }
  const name = String(label).trim();
  if (name === '') {
    throw new DatasetError(
      `${at}, column ${quoted(columns.label)}: the label is empty; label the row or remove it`,
    );
  }
  return { text, label: name };
}

function field(record: ReadRecord, column: string, role: keyof Columns): unknown {
  if (Object.hasOwn(record.fields, column)) return record.fields[column];
  const names = Object.keys(record.fields);
  const nearest = names.toSorted((a, b) => distance(a, column) - distance(b, column))[0];
  const hint =
    nearest !== undefined && distance(nearest, column) <= Math.max(2, column.length / 3)
      ? `did you mean ${quoted(nearest)}? `
      : '';
  throw new DatasetError(
    ` ${record.headerAt}: no column ${quoted(column)}, ${hint}there ${names.length === 1 ? 'is' : 'are'} ${listed(names) || 'none'}; set dataset.columns.${role}`,
  );
}

const distance = (a: string, b: string) => leven(a.toLowerCase(), b.toLowerCase());
