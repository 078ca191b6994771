/** NumPy's `.npy`: a matrix of 32- or 64-bit floats with a word to each row, in blocks of rows whatever its size. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { VectorsError } from '../errors.js';
import { checkDim, checkNumbers, MAX_WORDS, type VectorRow } from '../row.js';

/** Bytes at a place: of a file, or in memory. */
interface Bytes {
  readonly size: number;
  read(at: number, length: number): Buffer;
}

const LONGEST_HEADER = 65_536;
const BLOCK_ROWS = 4096;
const MAX_VOCABULARY_BYTES = 512 * 2 ** 20;

/** A `.npy` file whose words stand beside it, one a line in `.txt` or `.vocab`, or as a list in `.json`. */
export function* npyFile(path: string): Generator<VectorRow> {
  const words = readVocabulary(path);
  const file = openSync(path, 'r');
  try {
    const bytes = {
      size: statSync(path).size,
      read: (at: number, length: number) => readFully(file, at, length),
    };
    yield* npyRows(basename(path), bytes, words);
  } finally {
    closeSync(file);
  }
}

function readFully(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const read = readSync(file, buffer, got, length - got, at + got);
    if (read === 0) break;
    got += read;
  }
  return buffer.subarray(0, got);
}

/** @throws VectorsError when there is none. */
export function vocabularyOf(path: string): string {
  const stem = path.replace(/\.npy$/i, '');
  const endings = ['.vocab', '.txt', '.json'];
  const found = endings.map((ending) => stem + ending).find((candidate) => existsSync(candidate));
  if (found === undefined) {
    const names = endings.map((ending) => basename(stem) + ending).join(', ');
    throw new VectorsError(`${basename(path)}: its words are missing; put one of ${names} beside it`);
  }
  return found;
}

function readVocabulary(path: string): string[] {
  const found = vocabularyOf(path);
  if (statSync(found).size > MAX_VOCABULARY_BYTES)
    throw new VectorsError(`${basename(found)}: too large for words`);
  const text = readFileSync(found, 'utf8');
  if (!found.endsWith('.json')) return text.replace(/\r?\n$/, '').split(/\r?\n/);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || !list.every((word) => typeof word === 'string'))
    throw new VectorsError(`${basename(found)}: is not a list of words in JSON`);
  return list;
}

/** A matrix in memory and its words. */
export function npyBuffer(name: string, buffer: Uint8Array, words: readonly string[]): Generator<VectorRow> {
  const all = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return npyRows(name, { size: all.length, read: (at, length) => all.subarray(at, at + length) }, words);
}

function* npyRows(file: string, bytes: Bytes, words: readonly string[]): Generator<VectorRow> {
  const { start, rows, dim, width, byColumn } = readHeader(file, bytes);
  if (words.length !== rows)
    throw new VectorsError(`${file}: ${rows} rows, but ${words.length} words beside it; each row needs one`);
  const number = (buffer: Buffer, at: number) =>
    width === 8 ? buffer.readDoubleLE(at) : buffer.readFloatLE(at);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - from);
    const block = new Float32Array(count * dim);
    if (byColumn) {
      for (let d = 0; d < dim; d++) {
        const column = bytes.read(start + (d * rows + from) * width, count * width);
        for (let r = 0; r < count; r++) block[r * dim + d] = number(column, r * width);
      }
    } else {
      const read = bytes.read(start + from * dim * width, count * dim * width);
      for (let k = 0; k < block.length; k++) block[k] = number(read, k * width);
    }
    for (let r = 0; r < count; r++) {
      const values = block.subarray(r * dim, (r + 1) * dim);
      checkNumbers(file, `row ${from + r + 1}`, values);
      yield { word: words[from + r]!, values };
    }
  }
}

function readHeader(file: string, bytes: Bytes) {
  const refuse = (why: string): never => {
    throw new VectorsError(`${file}: ${why}`);
  };
  const head = bytes.read(0, 12);
  if (head.length < 12 || head.toString('latin1', 0, 6) !== '\x93NUMPY') refuse('is not a .npy file');
  const start = head[6] === 1 ? 10 : 12;
  const length = head[6] === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > LONGEST_HEADER) refuse(`a header of ${length} bytes; at most ${LONGEST_HEADER} are read`);
  const header = bytes.read(start, length).toString('latin1');
  const type = /'descr': *'([^']*)'/.exec(header)?.[1];
  const byColumn = /'fortran_order': *(True|False)/.exec(header)?.[1] === 'True';
  const [, rows, dim] = /'shape': *\((\d{1,15}), *(\d{1,15}),?\)/.exec(header) ?? [];
  if (type !== '<f4' && type !== '<f8')
    refuse(`numbers of type ${type ?? 'unknown'}; float32 and float64 are read`);
  if (rows === undefined || dim === undefined) return refuse('is not a matrix of words by numbers');
  checkDim(file, 'header', Number(dim));
  const width = type === '<f8' ? 8 : 4;
  const needed = start + length + Number(rows) * Number(dim) * width;
  if (Number(rows) < 1 || Number(rows) > MAX_WORDS || needed !== bytes.size)
    refuse(`a matrix of ${rows} × ${dim} would be ${needed} bytes; the file has ${bytes.size}. Is it whole?`);
  return { start: start + length, rows: Number(rows), dim: Number(dim), width, byColumn };
}
