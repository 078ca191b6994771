/**
 * Vectors of a dataset's texts on disk, by what they were computed from. Whoever comes second waits for the first; a file is
 * whole or not there; what was not read for longest goes when there is too much.
 */
import { hash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes of all files together. */
const MOST_BYTES = 4 * 2 ** 30;
/** Who computes says so at least as often, in ms; whoever was silent for longer is dead, or as good as dead. */
const SILENT_AFTER = 30_000;
const LOOK_EVERY = 200;

/**
 * @param key - All that the numbers depend on.
 * @param numbers - How many there are.
 * @param compute - Calls `alive` every few seconds at least.
 * @throws The signal's reason when aborted while another computes.
 */
export async function cachedVectors(
  cacheFolder: string,
  key: unknown,
  numbers: number,
  compute: (alive: () => void) => Promise<Float32Array>,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const folder = join(cacheFolder, 'sentences');
  const path = join(folder, `${hash('sha256', JSON.stringify(key))}.f32`);
  const lock = `${path}.lock`;
  await mkdir(folder, { recursive: true });
  for (;;) {
    const known = await read(path, numbers);
    if (known) return known;
    if (await take(lock)) break;
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
    // Two that find it so may both compute: the numbers are the same, and the last one's file stays.
    if (Date.now() - mtimeMs > SILENT_AFTER) await rm(lock, { force: true });
    signal?.throwIfAborted();
    await sleep(LOOK_EVERY);
  }
  try {
    let told = Date.now();
    const vectors = await compute(() => {
      if (Date.now() - told < SILENT_AFTER / 10) return;
      told = Date.now();
      const now = new Date();
      utimes(lock, now, now).catch(() => undefined);
    });
    const partial = `${path}.${randomUUID()}`;
    await writeFile(partial, new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
    await rename(partial, path);
    await sweep(folder, path);
    return vectors;
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
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
