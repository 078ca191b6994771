/**
 * One word a line and its numbers after it: GloVe's text, and word2vec's text and fastText's `.vec`, which begin with a line of two
 * numbers (words, dimensions). A word may have spaces in it, as a few of GloVe's have, so a line is read from its end.
 */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { VectorsError } from '../errors.js';
import { checkDim, checkNumbers, MAX_DIM, MAX_WORD, MAX_WORDS, type VectorRow } from '../row.js';

const LONGEST_LINE = MAX_WORD + MAX_DIM * 32;

export async function* textVectors(path: string): AsyncGenerator<VectorRow> {
  const file = basename(path);
  let number = 0;
  let dim = 0;
  let announced: number | undefined;
  let rows = 0;
  for await (const line of lines(path)) {
    number++;
    const where = `line ${number}`;
    const fields = line.replace(/[ \t\r]+$/, '').split(/[ \t]/);
    if (number === 1) {
      if (fields.length === 2 && fields.every((field) => /^\d+$/.test(field))) {
        announced = Number(fields[0]);
        dim = Number(fields[1]);
        checkDim(file, where, dim);
        continue;
      }
      dim = fields.length - 1;
      if (dim < 1) throw new VectorsError(`${file}, ${where}: no word with numbers after it`);
      checkDim(file, where, dim);
    }
    if (fields.length === 1 && fields[0] === '') continue;
    if (fields.length <= dim)
      throw new VectorsError(`${file}, ${where}: ${fields.length - 1} numbers after the word, not ${dim}`);
    const values = new Float32Array(dim);
    const first = fields.length - dim;
    for (let d = 0; d < dim; d++) {
      const field = fields[first + d]!;
      values[d] = field === '' ? Number.NaN : Number(field);
    }
    checkNumbers(file, where, values);
    rows++;
    if (rows > MAX_WORDS) throw new VectorsError(`${file}: more than ${MAX_WORDS} words`);
    yield { word: fields.slice(0, first).join(' '), values };
  }
  if (rows === 0) throw new VectorsError(`${file}: holds no word vectors`);
  if (announced !== undefined && announced !== rows)
    throw new VectorsError(
      `${file}: its first line says ${announced} words, ${rows} are there; is it whole?`,
    );
}

/** Lines of a file, of bounded length: the file may be one line of gigabytes. */
async function* lines(path: string): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      yield bytes.toString('utf8', from, to);
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LONGEST_LINE) {
      throw new VectorsError(
        `${basename(path)}: a line of more than ${LONGEST_LINE} bytes; is it a text file?`,
      );
    }
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
