/** Columns of a table of labelled texts: how a search space names them, and what a record has in them. */
import leven from 'leven';
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import { DatasetError, listed, quoted } from '../errors.js';
import type { ReadRecord } from '../formats/index.js';
import type { Row } from './source.js';
import { type Time, timeOf } from './time.js';

const columnName = z.string().min(1);
export const columns = z.strictObject({
  text: columnName.default('text').describe('Column of the texts.'),
  label: columnName.default('label').describe('Column of the classes.'),
  group: columnName
    .optional()
    .describe('Column of groups, such as authors: rows of a group stay on the same side of every split.'),
  time: columnName
    .optional()
    .describe(
      'Column of times (ISO 8601, or numbers): the test rows are the latest, and folds may follow it.',
    ),
});
export type Columns = z.output<typeof columns>;

/** Days as groups are two uses of one column; every other pair is a slip. */
const MAY_BE_ONE = 'group and time';

export function columnComplaints(written: Readonly<Record<string, unknown>>): Complaint[] {
  // Half of them may be left to their defaults.
  const { text = 'text', label = 'label', group, time } = Object(written.columns);
  const named = Object.entries({ text, label, group, time }).filter(([, name]) => typeof name === 'string');
  return named.flatMap(([role, name], at) =>
    named
      .slice(at + 1)
      .filter(([other, same]) => same === name && `${role} and ${other}` !== MAY_BE_ONE)
      .map(([other]) => ({
        field: 'columns',
        what: `${role} and ${other} are the same column`,
        value: name,
        remedy: 'name two different columns',
      })),
  );
}

/**
 * Reads records of one file after the other as rows. Messages start behind the path: `: …` or ` line 3: …`.
 *
 * @returns the row of a record; it throws `DatasetError` where a cell is not what its column is for
 */
export function rowReader(columns: Columns): (record: ReadRecord) => Row {
  let first: Time['kind'] | undefined;
  return (record) => {
    const text = textOf(record, columns.text);
    const label = nameOf(record, columns.label, 'label');
    const group = columns.group === undefined ? undefined : nameOf(record, columns.group, 'group');
    const time = columns.time === undefined ? undefined : timeIn(record, columns.time, first);
    first ??= time?.kind;
    return { text, label, ...(group !== undefined && { group }), ...(time && { time: time.value }) };
  };
}

function textOf(record: ReadRecord, column: string): string {
  const text = field(record, column, 'text');
  if (typeof text === 'string') return text;
  throw wrong(record, column, `${quoted(text)} is not a string; texts must be strings`);
}

/** What names a class or a group. */
function nameOf(record: ReadRecord, column: string, role: 'label' | 'group'): string {
  const value = field(record, column, role);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw wrong(record, column, `${quoted(value)} is no ${role}; use a string, a number or true/false`);
  const name = String(value).trim();
  const remedy = role === 'label' ? 'label the row' : 'name one';
  if (name === '') throw wrong(record, column, `the ${role} is empty; ${remedy} or remove the row`);
  return name;
}

/** @param first - What the first row has: numbers and dates have no order between them. */
function timeIn(record: ReadRecord, column: string, first: Time['kind'] | undefined): Time {
  const value = field(record, column, 'time');
  const time = timeOf(value);
  if (time === undefined)
    throw wrong(
      record,
      column,
      `${quoted(value)} is no time; give ISO 8601, such as 2026-05-31 or 2026-05-31T12:00:00Z, or a number`,
    );
  if (first !== undefined && time.kind !== first)
    throw wrong(
      record,
      column,
      `${quoted(value)} is a ${time.kind}, and the first row has a ${first}; use one`,
    );
  return time;
}

const wrong = ({ at }: ReadRecord, column: string, what: string): DatasetError =>
  new DatasetError(` ${at}, column ${quoted(column)}: ${what}`);

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
