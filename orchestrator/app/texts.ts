/** Texts to classify, from a file or from standard input. */
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { DatasetError, decodeUtf8, FORMAT_TITLES, formatOf, readRecords } from '../../learning/data/index.js';
import { InputError } from './errors.js';

const MAX_BYTES = 64 * 2 ** 20;
const MAX_TEXTS = 100_000;

/**
 * The texts of a file in their order: each line of `.txt` and of standard input (`-`), or a column of the formats that
 * datasets have.
 *
 * @throws InputError when it can't be read, has too many texts or none, or lacks the column
 */
export async function readTexts(
  path: string,
  column: string,
  stdin: AsyncIterable<Buffer> = process.stdin,
): Promise<string[]> {
  const where = path === '-' ? 'standard input' : path;
  const format = formatOf(path);
  if (path !== '-' && format === undefined && extname(path).toLowerCase() !== '.txt') {
    throw new InputError(
      `--file is ${path}, whose ending tells no format; give a .txt with one text a line, or ${FORMAT_TITLES}`,
    );
  }
  const bytes = limited(path === '-' ? stdin : createReadStream(path), where);
  const texts: string[] = [];
  try {
    for await (const text of format === undefined ? lines(bytes) : columnOf(bytes, format, column)) {
      if (texts.push(text) > MAX_TEXTS) {
        throw new InputError(`${where} has more than ${MAX_TEXTS.toLocaleString('en')} texts; split it`);
      }
    }
  } catch (error) {
    if (error instanceof DatasetError) throw new InputError(`${where}${error.message}`);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new InputError(`--file can't be read: ${(error as Error).message}`);
  }
  if (texts.length === 0) throw new InputError(`${where} has no texts`);
  return texts;
}

async function* limited(bytes: AsyncIterable<Buffer>, where: string): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > MAX_BYTES)
      throw new InputError(`${where} has more than ${MAX_BYTES / 2 ** 20} MiB; split it`);
    yield chunk;
  }
}

/** Blank lines are texts too, so that answers stand in the order of lines. */
async function* lines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of decodeUtf8(bytes)) {
    const complete = (rest + chunk).split('\n');
    rest = complete.pop()!;
    yield* complete;
  }
  if (rest !== '') yield rest;
}

/** Messages start behind the path, as those of the readers do. */
async function* columnOf(
  bytes: AsyncIterable<Buffer>,
  format: string,
  column: string,
): AsyncGenerator<string> {
  for await (const { fields, at, headerAt } of readRecords(bytes, format)) {
    if (!Object.hasOwn(fields, column)) {
      const names = Object.keys(fields).slice(0, 20).join(', ');
      throw new DatasetError(` ${headerAt}: no column "${column}"; name one of ${names} with --column`);
    }
    const text = fields[column];
    if (typeof text !== 'string') {
      throw new DatasetError(` ${at}, column "${column}": is not a string; texts must be strings`);
    }
    yield text;
  }
}
