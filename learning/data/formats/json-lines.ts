/** JSON Lines: one object a line; empty lines are skipped. */
import { DatasetError, quoted } from '../errors.js';
import { decodeUtf8 } from './decode.js';
import { type DataFormat, MAX_RECORD, type ReadRecord } from './format.js';

export const jsonl: DataFormat = {
  title: 'JSONL',
  extensions: ['.jsonl', '.ndjson'],
  read: (bytes) => readJsonLines(decodeUtf8(bytes)),
};

async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<ReadRecord> {
  let line = 0;
  for await (const content of linesOf(text)) {
    line++;
    if (content.trim() === '') continue;
    const at = `line ${line}`;
    yield { fields: parseObject(content, line), at, headerAt: at };
  }
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let line = 1;
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    line += lines.length;
    yield* lines;
    if (rest.length > MAX_RECORD) {
      throw new DatasetError(` line ${line}: the line is longer than 1 MiB; JSONL has one object per line`);
    }
  }
  yield rest;
}

function parseObject(content: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DatasetError(
      ` line ${line}: ${quoted(content)} is not JSON; each line must be one JSON object`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DatasetError(` line ${line}: ${quoted(content)} is not a JSON object; each line must be one`);
  }
  return value as Record<string, unknown>;
}
