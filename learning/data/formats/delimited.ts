/** CSV and TSV with a header line, quoted as RFC 4180 says; a quote inside an unquoted field is an ordinary one. */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { DatasetError, quoted } from '../errors.js';
import { decodeUtf8 } from './decode.js';
import { type DataFormat, MAX_RECORD, type ReadRecord } from './format.js';

export const csv: DataFormat = {
  title: 'CSV',
  extensions: ['.csv'],
  read: (bytes) => readDelimited(decodeUtf8(bytes), ','),
};

export const tsv: DataFormat = {
  title: 'TSV',
  extensions: ['.tsv'],
  read: (bytes) => readDelimited(decodeUtf8(bytes), '\t'),
};

async function* readDelimited(
  text: AsyncIterable<string>,
  delimiter: ',' | '\t',
): AsyncGenerator<ReadRecord> {
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    info: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
    // A row of another width is reported below, with the header's width in the message.
    relax_column_count: true,
  });
  // pipe() does not hand errors on: a broken encoding must end the parser, too.
  const input = Readable.from(text);
  input.once('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let header: { names: string[]; line: number } | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      const line = info.lines - newlinesIn(record);
      if (!header) {
        header = { names: checkedHeader(record, line), line };
        continue;
      }
      const { names } = header;
      if (record.length !== names.length) throw ragged(record.length, names.length, line);
      yield {
        fields: Object.fromEntries(record.map((value, index) => [names[index], value])),
        at: `line ${line}`,
        headerAt: `line ${header.line}`,
      };
    }
  } catch (error) {
    throw error instanceof CsvError ? explained(error) : error;
  } finally {
    input.destroy();
    parser.destroy();
  }
  if (!header) throw new DatasetError(': the file is empty');
}

interface ParsedRecord {
  readonly record: string[];
  /** `lines` counts to the end of the record. */
  readonly info: { readonly lines: number };
}

function newlinesIn(record: readonly string[]): number {
  return record.reduce((sum, value) => sum + value.split('\n').length - 1, 0);
}

function checkedHeader(names: string[], line: number): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new DatasetError(` line ${line}: column ${quoted(twice)} is there twice; rename one of them`);
  }
  return names;
}

function ragged(width: number, expected: number, line: number): DatasetError {
  return new DatasetError(
    ` line ${line}: ${width} fields where the header has ${expected}; put quotes around fields that contain the delimiter`,
  );
}

function explained(error: CsvError): DatasetError {
  const line = typeof error.lines === 'number' ? ` line ${error.lines}` : '';
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return new DatasetError(
      `${line}: a quote opened at or above this line is never closed; close it, or double quotes that belong to the text`,
    );
  }
  return new DatasetError(`${line}: ${error.message.replaceAll('\n', ' ')}`);
}
