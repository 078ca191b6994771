/**
 * Word vectors in one compact file of this machine's cache: a header, Float32 rows, and the words in their order. Node has no mmap,
 * and needs none: the words are an index in memory, and only the rows asked for are read, each at its place.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { VectorsError } from './errors.js';
import { MAX_DIM, type VectorRows } from './row.js';

const MAGIC = 'GSVEC\x01\r\n';
const HEADER_BYTES = 16;
const WRITE_BYTES = 1 << 20;

/** What is known of some words. */
export interface Lookup {
  /** `[words, dim]`, in the order asked; zeros for a word that has none. */
  readonly rows: Float32Array;
  /** 1 for each word that has a vector. */
  readonly known: Uint8Array;
  readonly dim: number;
}

/** Opened word vectors. */
export interface WordVectors {
  readonly dim: number;
  readonly words: number;
  lookup(words: readonly string[]): Lookup;
}

/**
 * Writes rows as they come; the file is whole or not there. Of a word that comes twice the first vector counts, as elsewhere.
 *
 * @returns how many words and numbers it holds
 */
export async function storeVectors(
  path: string,
  vectors: VectorRows,
): Promise<{ words: number; dim: number }> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial-${process.pid}-${Date.now()}`;
  const file = await open(partial, 'w');
  try {
    const seen = new Set<string>();
    let dim = 0;
    let buffer = Buffer.alloc(0);
    let filled = 0;
    await file.write(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES);
    for await (const { word, values } of vectors) {
      // A line break can't be in a word of a text file, and tells words apart below.
      if (seen.has(word) || word.includes('\n')) continue;
      if (dim === 0) {
        dim = values.length;
        const row = dim * 4;
        buffer = Buffer.alloc(Math.ceil(WRITE_BYTES / row) * row);
      }
      for (let d = 0; d < dim; d++) buffer.writeFloatLE(values[d]!, filled + d * 4);
      filled += dim * 4;
      seen.add(word);
      if (filled === buffer.length) {
        await file.writeFile(buffer);
        filled = 0;
      }
    }
    await file.writeFile(buffer.subarray(0, filled));
    let batch: string[] = [];
    for (const word of seen) {
      if (batch.push(`${word}\n`) < 100_000) continue;
      await file.writeFile(batch.join(''));
      batch = [];
    }
    await file.writeFile(batch.join(''));
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(MAGIC, 'latin1');
    header.writeUInt32LE(dim, 8);
    header.writeUInt32LE(seen.size, 12);
    await file.write(header, 0, HEADER_BYTES, 0);
    await file.close();
    await rename(partial, path);
    return { words: seen.size, dim };
  } catch (error) {
    await file.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
}

/** Reads the index; the rows stay on the disk. @throws VectorsError when the file was damaged. */
export function openVectors(path: string): WordVectors {
  const read = (at: number, length: number): Buffer => {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(length);
      if (readSync(file, buffer, 0, length, at) !== length) throw damaged();
      return buffer;
    } finally {
      closeSync(file);
    }
  };
  const damaged = () => new VectorsError(`${basename(path)} in the cache is damaged; remove it: ${path}`);
  const { size } = statSync(path);
  if (size < HEADER_BYTES) throw damaged();
  const header = read(0, HEADER_BYTES);
  const [dim, count] = [header.readUInt32LE(8), header.readUInt32LE(12)];
  const rowBytes = dim * 4;
  const wordsAt = HEADER_BYTES + count * rowBytes;
  if (header.toString('latin1', 0, 8) !== MAGIC || dim < 1 || dim > MAX_DIM || wordsAt > size)
    throw damaged();
  const words = read(wordsAt, size - wordsAt)
    .toString('utf8')
    .split('\n');
  if (words.pop() !== '' || words.length !== count) throw damaged();
  const index = new Map(words.map((word, row) => [word, row]));

  return {
    dim,
    words: count,
    lookup(asked) {
      const rows = new Float32Array(asked.length * dim);
      const known = new Uint8Array(asked.length);
      const file = openSync(path, 'r');
      const buffer = Buffer.alloc(rowBytes);
      try {
        asked.forEach((word, place) => {
          const row = index.get(word);
          if (row === undefined) return;
          if (readSync(file, buffer, 0, rowBytes, HEADER_BYTES + row * rowBytes) !== rowBytes)
            throw damaged();
          for (let d = 0; d < dim; d++) rows[place * dim + d] = buffer.readFloatLE(d * 4);
          known[place] = 1;
        });
      } finally {
        closeSync(file);
      }
      return { rows, known, dim };
    },
  };
}
