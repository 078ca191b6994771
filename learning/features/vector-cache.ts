/**
 * Vectors of a dataset's texts on disk, by what they were computed from. Whoever comes second waits for the first; a file is
 * whole or not there; what was not read for longest goes when there is too much.
 */
import { hash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '#lock';

/** Bytes of all files together. */
const MOST_BYTES = 4 * 2 ** 30;
/** Who computes and does not come to say so for longer is dead, or as good as dead; a pass over long texts takes seconds. In ms. */
const SILENT_AFTER = 30_000;

/**
 * @param key - All that the numbers depend on.
 * @param numbers - How many there are.
 * @param compute - Lets others have a turn every few seconds at least.
 * @throws The signal's reason when aborted while another computes.
 */
export async function cachedVectors(
  cacheFolder: string,
  key: unknown,
  numbers: number,
  compute: () => Promise<Float32Array>,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const folder = join(cacheFolder, 'sentences');
  const path = join(folder, `${hash('sha256', JSON.stringify(key))}.f32`);
  await mkdir(folder, { recursive: true });
  const known = await read(path, numbers);
  if (known) return known;
  const once = async (): Promise<Float32Array> => {
    const others = await read(path, numbers);
    if (others) return others;
    const vectors = await compute();
    const partial = `${path}.${randomUUID()}`;
    await writeFile(partial, new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
    await rename(partial, path);
    await sweep(folder, path);
    return vectors;
  };
  return withLock(`${path}.lock`, once, { staleMs: SILENT_AFTER, signal });
}

async function read(path: string, numbers: number): Promise<Float32Array | undefined> {
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength !== numbers * Float32Array.BYTES_PER_ELEMENT) return undefined;
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  } catch {
    return undefined;
  }
}

async function sweep(folder: string, newest: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return { path, bytes: found?.size ?? 0, read: found?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files.sort((a, b) => a.read - b.read)) {
    if (total <= MOST_BYTES) return;
    if (path === newest) continue;
    await rm(path, { force: true });
    total -= bytes;
  }
}
