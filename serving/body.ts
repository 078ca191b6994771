/** Bodies of MLflow's scoring protocol to texts. */
import { CsvError } from 'csv-parse';
import { parse as parseCsv } from 'csv-parse/sync';
import { badRequest, ScoringError } from './errors.js';

/** The forms of a JSON body; a request has exactly one of them. */
const FORMS = {
  dataframe_split: fromSplit,
  dataframe_records: fromRecords,
  instances: fromInstances,
  inputs: fromInputs,
} as const;

const READERS: ReadonlyMap<string, (body: string) => unknown[]> = new Map([
  ['application/json', textsOfJson],
  ['text/csv', textsOfCsv],
]);

/** More rows keep others waiting; they are to be sent in parts. */
export const MAX_ROWS = 10_000;

/**
 * Reads the texts of a scoring request: JSON with `dataframe_split`, `dataframe_records`, `instances` or `inputs`, or
 * CSV with a header. Where columns have names, texts are in the column `text`, as the package's loader asks; other
 * columns are ignored. So are `params`, as the model has none.
 *
 * @throws ScoringError that says what is wrong with the body
 */
export function textsOf(contentType: string | undefined, body: Uint8Array): string[] {
  const [mediaType, ...attributes] = (contentType ?? '').toLowerCase().split(';');
  const reader = READERS.get(mediaType!.trim());
  if (!reader) {
    throw new ScoringError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type is ${contentType ? JSON.stringify(contentType) : 'missing'}; send application/json or text/csv.`,
    );
  }
  const charset = attributes.map((one) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/.exec(one)?.[1]).find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new ScoringError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The charset is ${JSON.stringify(charset)}; send UTF-8.`,
    );
  }
  const values = reader(decode(body));
  if (values.length > MAX_ROWS) {
    throw badRequest(`${values.length} rows are more than ${MAX_ROWS}; send them in several requests.`);
  }
  values.forEach((value, row) => {
    if (typeof value !== 'string') {
      throw badRequest(`Row ${row} is ${describe(value)}; texts must be strings.`);
    }
  });
  return values as string[];
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw badRequest('The body is not UTF-8.');
  }
}

function textsOfJson(body: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(value)) throw badRequest(`The body is ${describe(value)}, not a JSON object.`);
  const forms = Object.keys(FORMS) as (keyof typeof FORMS)[];
  const given = forms.filter((form) => Object.hasOwn(value, form));
  const [form] = given;
  if (!form || given.length > 1) {
    throw badRequest(
      `The body must have exactly one of ${forms.join(', ')}; it has ${given.join(', ') || 'none'}.`,
    );
  }
  const strange = Object.keys(value).find((key) => key !== form && key !== 'params');
  if (strange !== undefined)
    throw badRequest(`The body has an unknown key ${JSON.stringify(strange.slice(0, 50))}.`);
  return FORMS[form](value[form]);
}

/** `{columns: [name…], data: [[value…]…], index?}` */
function fromSplit(frame: unknown): unknown[] {
  if (!isRecord(frame) || !Array.isArray(frame.columns) || !Array.isArray(frame.data)) {
    throw badRequest('dataframe_split must be {"columns": [name, …], "data": [[value, …], …]}.');
  }
  const { columns, data } = frame;
  if (!columns.every((name) => typeof name === 'string' || typeof name === 'number')) {
    throw badRequest('dataframe_split.columns must be names.');
  }
  const column = textColumn(columns.map(String));
  return data.map((row: unknown, number) => {
    if (Array.isArray(row) && row.length === columns.length) return row[column];
    throw badRequest(`Row ${number} of dataframe_split.data must be an array of ${columns.length} values.`);
  });
}

/** `[{name: value…}…]` */
function fromRecords(records: unknown): unknown[] {
  if (!Array.isArray(records)) throw badRequest('dataframe_records must be an array of objects.');
  return records.map((record: unknown, row) => {
    if (!isRecord(record))
      throw badRequest(`Row ${row} of dataframe_records is ${describe(record)}, not an object.`);
    textColumn(Object.keys(record));
    return record.text;
  });
}

/** Strings, arrays of one string, or objects; or columns `{text: [value…]}`. */
function fromInstances(instances: unknown): unknown[] {
  if (isRecord(instances)) return fromColumns(instances);
  if (!Array.isArray(instances)) throw badRequest('instances must be an array.');
  return instances.map((instance: unknown) => {
    if (isRecord(instance)) return fromRecords([instance])[0];
    return Array.isArray(instance) && instance.length === 1 ? instance[0] : instance;
  });
}

/** One string, or all that `instances` can be. */
function fromInputs(inputs: unknown): unknown[] {
  return typeof inputs === 'string' ? [inputs] : fromInstances(inputs);
}

function fromColumns(columns: Record<string, unknown>): unknown[] {
  textColumn(Object.keys(columns));
  return Array.isArray(columns.text) ? fromInstances(columns.text) : [columns.text];
}

function textsOfCsv(body: string): unknown[] {
  let rows: string[][];
  try {
    rows = parseCsv(body, { bom: true, skip_empty_lines: true });
  } catch (error) {
    if (error instanceof CsvError) throw badRequest(`The body is not CSV: ${error.message}`);
    throw error;
  }
  const [header, ...data] = rows;
  if (!header) throw badRequest('The body is empty; CSV needs a header line with a column text.');
  const column = textColumn(header);
  return data.map((row) => row[column]);
}

/** A column of another name may hold anything: its values are never taken for texts. */
function textColumn(names: readonly string[]): number {
  const quoted = (name: string) => JSON.stringify(name.slice(0, 50));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw badRequest(`There are two columns ${quoted(twice)}.`);
  const index = names.indexOf('text');
  if (index !== -1) return index;
  throw badRequest(
    `There is no column "text"; there are ${names.slice(0, 10).map(quoted).join(', ') || 'none'}.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
