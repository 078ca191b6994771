/** Labelled texts from a local CSV, TSV or JSONL file, streamed. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import leven from 'leven';
import { DatasetError, listed, quoted } from '../errors.js';
import { decodeUtf8 } from '../readers/decode.js';
import { readDelimited } from '../readers/delimited.js';
import { readJsonLines } from '../readers/json-lines.js';
import type { Reader, ReadRecord } from '../readers/reader.js';
import type { DatasetSpec } from '../spec.js';
import type { DatasetSource, Row } from './source.js';

type Format = NonNullable<DatasetSpec['format']>;

/** One line adds a format. */
const READERS: Record<Format, Reader> = {
  csv: (text) => readDelimited(text, ','),
  tsv: (text) => readDelimited(text, '\t'),
  jsonl: readJsonLines,
};

const EXTENSIONS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** A dataset is held in memory several times over (texts, tokens, tensors), in each worker process. */
const MAX_BYTES = 512 * 2 ** 20;

const COLUMNS = { text: 'text', label: 'label' };

export const file: DatasetSource = async (spec) => {
  const { path } = spec;
  if (!path) throw new DatasetError('dataset.path is missing: source "file" needs the path of a file');
  const columns = spec.columns ?? COLUMNS;
  if (columns.text === columns.label) {
    throw new DatasetError(
      `${path}: text and label are both column ${quoted(columns.text)}; name two columns in dataset.columns`,
    );
  }
  await checkFile(path);
  return {
    name: basename(path),
    sourceType: 'local',
    source: JSON.stringify({ uri: pathToFileURL(path).href }),
    rows: readRows(path, spec.format ?? guessFormat(path), columns),
  };
};

async function* readRows(path: string, format: Format, columns: typeof COLUMNS): AsyncGenerator<Row> {
  const bytes = createReadStream(path, { highWaterMark: 2 ** 18 });
  try {
    for await (const record of READERS[format](decodeUtf8(bytes))) yield rowOf(record, columns);
  } catch (error) {
    if (error instanceof DatasetError) throw new DatasetError(`${path}${error.message}`);
    throw error;
  } finally {
    bytes.destroy();
  }
}

/** Messages of readers, and of this, start behind the path: `: …` or ` line 3: …`. */
function rowOf(record: ReadRecord, columns: typeof COLUMNS): Row {
  const at = ` line ${record.line}`;
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

function field(record: ReadRecord, column: string, role: keyof typeof COLUMNS): unknown {
  if (Object.hasOwn(record.fields, column)) return record.fields[column];
  const names = Object.keys(record.fields);
  const nearest = names.toSorted((a, b) => distance(a, column) - distance(b, column))[0];
  const hint =
    nearest !== undefined && distance(nearest, column) <= Math.max(2, column.length / 3)
      ? `did you mean ${quoted(nearest)}? `
      : '';
  throw new DatasetError(
    ` line ${record.headerLine}: no column ${quoted(column)}, ${hint}there ${names.length === 1 ? 'is' : 'are'} ${listed(names) || 'none'}; set dataset.columns.${role}`,
  );
}

const distance = (a: string, b: string) => leven(a.toLowerCase(), b.toLowerCase());

function guessFormat(path: string): Format {
  const format = EXTENSIONS[extname(path).toLowerCase()];
  if (format) return format;
  throw new DatasetError(
    `${path}: the format can't be told from the name; set dataset.format to csv, tsv or jsonl`,
  );
}

async function checkFile(path: string): Promise<void> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'no such file' : (error.code ?? error.message);
    throw new DatasetError(`${path}: ${reason}; check dataset.path`);
  });
  if (!stats.isFile()) throw new DatasetError(`${path}: not a regular file; dataset.path must name one`);
  if (stats.size === 0) throw new DatasetError(`${path}: the file is empty`);
  if (stats.size > MAX_BYTES) {
    const mebibytes = Math.ceil(stats.size / 2 ** 20);
    throw new DatasetError(`${path}: ${mebibytes} MiB is over the limit of 512 MiB; use a part of it`);
  }
}
