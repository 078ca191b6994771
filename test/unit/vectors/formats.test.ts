import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { winkVectors } from '../../../learning/vectors/formats/wink.js';
import { keepVectorsFile, VectorsError } from '../../../learning/vectors/index.js';
import { npy, word2vecBinary } from '../../support/vectors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vectors-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WORDS = ['the', 'cat', 'naïve'];
const ROWS = [
  [0.5, -1, 2],
  [1, 1.5, -0.25],
  [0, 3, 4],
];
const lines = WORDS.map((word, row) => `${word} ${ROWS[row]!.join(' ')}`);
const NUMBERS = ROWS.flat();

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const keep = (path: string) => keepVectorsFile(path, 'shown', { cacheFolder: join(folder, 'cache') });

describe('word vectors are read from', () => {
  test.each([
    ["GloVe's text", 'a.txt', lines.join('\n')],
    ["word2vec's text", 'a.txt', `3 3\n${lines.join(' \n')}\n`],
    ["fastText's .vec with Windows' line ends", 'a.vec', `3 3\r\n${lines.join('\r\n')}\r\n`],
    ["word2vec's binary format", 'a.bin', word2vecBinary(WORDS, ROWS)],
    ["word2vec's binary format with line breaks", 'a.bin', word2vecBinary(WORDS, ROWS, { breaks: true })],
    ["NumPy's .npy of 32 bits", 'a.npy', npy(ROWS)],
    ["NumPy's .npy of 64 bits by column", 'a.npy', npy(ROWS, { type: '<f8', byColumn: true })],
    ["NumPy's .npy of version 2", 'a.npy', npy(ROWS, { version: 2 })],
  ])('%s', async (_, name, content) => {
    write('a.vocab', `${WORDS.join('\n')}\n`);
    const { dim, words, lookup, value } = await keep(write(name, content));
    expect([dim, words]).toEqual([3, 3]);
    expect(value).toMatch(/^file:shown#[0-9a-f]{64}$/);
    const found = lookup(['naïve', 'unknown', 'the', 'cat', 'constructor']);
    expect([...found.known]).toEqual([1, 0, 1, 1, 0]);
    expect([...found.rows]).toEqual([...NUMBERS.slice(6), 0, 0, 0, ...NUMBERS.slice(0, 6), 0, 0, 0]);
  });

  test('a .npy whose words are a list in JSON', async () => {
    write('a.json', JSON.stringify(WORDS));
    expect((await keep(write('a.npy', npy(ROWS)))).words).toBe(3);
  });

  test('a text whose words have spaces in them', async () => {
    const { lookup } = await keep(write('a.txt', `${lines[0]}\n. . . 7 8 9\n`));
    expect([...lookup(['. . .']).rows]).toEqual([7, 8, 9]);
  });

  test('many rows, more than are held at a time', async () => {
    const words = Array.from({ length: 10_000 }, (_, k) => `w${k}`);
    const rows = words.map((_, k) => Array.from({ length: 40 }, (_, d) => k + d / 64));
    write('a.txt', words.join('\n'));
    for (const content of [npy(rows), npy(rows, { byColumn: true })]) {
      const { lookup } = await keep(write('a.npy', content));
      expect([...lookup(['w0', 'w4096', 'w9999']).rows]).toEqual([0, 4096, 9999].flatMap((k) => rows[k]));
    }
    const text = words.map((word, k) => `${word} ${rows[k]!.join(' ')}`).join('\n');
    expect([...(await keep(write('b.txt', text))).lookup(['w9999']).rows]).toEqual(rows[9999]);
    const binary = await keep(write('b.bin', word2vecBinary(words, rows)));
    expect([...binary.lookup(['w7777']).rows]).toEqual(rows[7777]);
  });
});

test('of a word that comes twice the first vector counts', async () => {
  const { words, lookup } = await keep(write('a.txt', 'a 1 2\nb 3 4\na 5 6\n'));
  expect(words).toBe(2);
  expect([...lookup(['a', 'b']).rows]).toEqual([1, 2, 3, 4]);
});

test('another content is another value, also when only the words beside a matrix differ', async () => {
  write('a.txt', WORDS.join('\n'));
  const first = await keep(write('a.npy', npy(ROWS)));
  write('a.txt', WORDS.toReversed().join('\n'));
  const second = await keep(join(folder, 'a.npy'));
  expect(second.value).not.toBe(first.value);
  expect([...second.lookup(['the']).rows]).toEqual(ROWS[2]);
});

describe('what can be wrong with a file is told with its place:', () => {
  const binary = word2vecBinary(WORDS, ROWS);
  const matrix = npy(ROWS);
  const header = (text: string) => Buffer.concat([Buffer.from(`${text}\n`), binary.subarray(4)]);
  test.each([
    ['too few numbers', 'a.txt', 'a 1 2\nb 3\n', 'a.txt, line 2: 1 numbers after the word, not 2'],
    [
      'a word for a number',
      'a.txt',
      'a 1 2\nb 3 x\n',
      'a.txt, line 2: number 2 of the vector is not a finite',
    ],
    ['NaN', 'a.txt', 'a 1 2\nb nan 1\n', 'a.txt, line 2: number 1 of the vector is not a finite number'],
    ['beyond 32 bits', 'a.txt', 'a 1e39 2\n', 'a.txt, line 1: number 1 of the vector is not a finite number'],
    ['nothing', 'a.txt', '', 'a.txt: holds no word vectors'],
    ['words alone', 'a.txt', 'a\nb\n', 'a.txt, line 1: no word with numbers after it'],
    [
      'a text cut off',
      'a.vec',
      '3 2\na 1 2\n',
      'a.vec: its first line says 3 words, 1 are there; is it whole?',
    ],
    ['a line without end', 'a.txt', Buffer.alloc(1e6, 'x'), 'a.txt: a line of more than'],
    ['a hostile dimension', 'a.vec', '1 999999999\na 1\n', 'a.vec, line 1: vectors of 999999999 numbers'],
    ['a binary cut off', 'a.bin', binary.subarray(0, -1), 'a.bin: ends after 2 of 3 words; is it whole?'],
    ['hostile words', 'a.bin', header('9999999 300'), 'a.bin, line 1: says 9999999 words of 300 numbers'],
    ['a hostile vector', 'a.bin', header('1 4000000000'), 'a.bin, line 1: vectors of 4000000000 numbers'],
    ['text for binary', 'a.bin', lines.join('\n'), 'a.bin: does not begin with two numbers in a line'],
    ['an empty binary', 'a.bin', '', 'a.bin: does not begin with two numbers in a line'],
    ['NaN in a binary', 'a.bin', word2vecBinary(['a'], [[Number.NaN]]), 'a.bin, word 1: number 1 of the'],
    ['a matrix cut off', 'a.npy', matrix.subarray(0, -4), 'a.npy: a matrix of 3 × 3 would be'],
    [
      'a hostile shape',
      'a.npy',
      npy(ROWS, { shape: '(4000000000, 3)' }),
      'a.npy: a matrix of 4000000000 × 3 would be 48000000',
    ],
    ['a vector for a matrix', 'a.npy', npy(ROWS, { shape: '(9,)' }), 'a.npy: is not a matrix of words by'],
    ['other numbers', 'a.npy', npy(ROWS, { type: '<i8' }), 'a.npy: numbers of type <i8; float32 and float64'],
    ['no matrix', 'a.npy', 'hello', 'a.npy: is not a .npy file'],
    ['NaN in a matrix', 'a.npy', npy([[1], [Number.NaN], [2]]), 'a.npy, row 2: number 1 of the vector'],
  ])('%s', async (_, name, content, message) => {
    write('a.vocab', WORDS.join('\n'));
    const problem = keep(write(name, content));
    await expect(problem).rejects.toThrow(message);
    await expect(problem).rejects.toBeInstanceOf(VectorsError);
  });

  test('a matrix without words, or with too few', async () => {
    const path = write('a.npy', matrix);
    await expect(keep(path)).rejects.toThrow(
      'a.npy: its words are missing; put one of a.vocab, a.txt, a.json',
    );
    write('a.txt', 'a\nb\n');
    await expect(keep(path)).rejects.toThrow('a.npy: 3 rows, but 2 words beside it; each row needs one');
    write('a.vocab', '');
    rmSync(join(folder, 'a.txt'));
    rmSync(join(folder, 'a.vocab'));
    write('a.json', '{"a": 1}');
    await expect(keep(path)).rejects.toThrow('a.json: is not a list of words in JSON');
  });
});

describe("wink's file", () => {
  const json = `{"size":3,"words":["\\"vectors\\":{","a]","b"],"vectors":{"\\"":[1,2,9,0],"a]":[3,4,9,1],"é":[5,6,9,2]},"unkVector":[0,0,0,-1]}`;
  async function read(text: string, size: number, dim = 2) {
    const bytes = Buffer.from(text);
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const found: Record<string, number[]> = {};
    for await (const { word, values } of winkVectors('w.json', chunks(), dim)) found[word] = [...values];
    return found;
  }

  test('gives words and their numbers however its bytes arrive', async () => {
    for (const size of [1, 2, 7, 1000]) {
      expect(await read(json, size), `${size} at a time`).toEqual({ '"': [1, 2], 'a]': [3, 4], é: [5, 6] });
    }
  });

  test('of another shape or cut off is an error', async () => {
    await expect(read(json, 50, 3)).rejects.toThrow('w.json, word ": 4 numbers, not 5');
    await expect(read(json.slice(0, 90), 50)).rejects.toThrow('w.json: ends early');
    await expect(read('{}', 50)).rejects.toThrow('w.json: ends early');
  });
});
