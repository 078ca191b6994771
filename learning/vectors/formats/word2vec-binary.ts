/** word2vec's binary format: a line of two numbers, then each word, a space, and its numbers as 32-bit floats. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { VectorsError } from '../errors.js';
import { checkDim, checkNumbers, MAX_WORD, MAX_WORDS, type VectorRow } from '../row.js';

const LONGEST_HEADER = 64;
const [NEWLINE, SPACE] = [10, 32];

export async function* word2vecBinary(path: string): AsyncGenerator<VectorRow> {
  const file = basename(path);
  const { size } = await stat(path);
  let bytes: Buffer = Buffer.alloc(0);
  let header: { words: number; dim: number } | undefined;
  let rows = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    let at = 0;
    if (header === undefined) {
      const end = bytes.indexOf(NEWLINE);
      if (end < 0 && bytes.length < LONGEST_HEADER) continue;
      header = readHeader(
        file,
        bytes.toString('latin1', 0, Math.min(Math.max(end, 0), LONGEST_HEADER)),
        size,
      );
      at = end + 1;
    }
    const { words, dim } = header;
    while (rows < words) {
      // Some writers put a line break after each vector.
      let from = at;
      while (bytes[from] === NEWLINE) from++;
      const space = bytes.indexOf(SPACE, from);
      const where = `word ${rows + 1}`;
      if (space < 0 ? bytes.length - from > MAX_WORD : space - from > MAX_WORD)
        throw new VectorsError(
          `${file}, ${where}: longer than ${MAX_WORD} bytes; is it word2vec's binary format?`,
        );
      const next = space + 1 + dim * 4;
      if (space < 0 || next > bytes.length) break;
      const values = new Float32Array(dim);
      for (let d = 0; d < dim; d++) values[d] = bytes.readFloatLE(space + 1 + d * 4);
      checkNumbers(file, where, values);
      yield { word: bytes.toString('utf8', from, space), values };
      rows++;
      at = next;
    }
    bytes = bytes.subarray(at);
    if (rows === words) break;
  }
  if (header === undefined) readHeader(file, bytes.toString('latin1', 0, LONGEST_HEADER), size);
  if (rows !== header?.words)
    throw new VectorsError(`${file}: ends after ${rows} of ${header?.words} words; is it whole?`);
}

/** Numbers from a file must not decide how much memory is taken: they are held against its size. */
function readHeader(file: string, line: string, size: number): { words: number; dim: number } {
  const [, words, dim] = /^(\d{1,10}) (\d{1,10})\s*$/.exec(line) ?? [];
  if (words === undefined || dim === undefined)
    throw new VectorsError(
      `${file}: does not begin with two numbers in a line, as word2vec's binary format does`,
    );
  checkDim(file, 'line 1', Number(dim));
  const least = Number(words) * (Number(dim) * 4 + 1);
  if (Number(words) < 1 || Number(words) > MAX_WORDS || least > size)
    throw new VectorsError(
      `${file}, line 1: says ${words} words of ${dim} numbers, at least ${least} bytes; the file has ${size}`,
    );
  return { words: Number(words), dim: Number(dim) };
}
