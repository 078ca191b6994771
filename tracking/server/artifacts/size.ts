/** What removing a folder gives back of the disk. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Of files with several names, how many of these were seen. */
export type NamesSeen = Map<string, number>;

/**
 * Bytes of the files at and below a path; a link counts for itself, and what is not there for nothing. A file with several names counts
 * with the last of them: as long as it has another one, it stays on the disk.
 *
 * @param seen - Names that were seen at other paths, which are still there. @defaultValue none
 */
export async function sizeOf(path: string, seen: NamesSeen = new Map()): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (found.isDirectory()) {
    let bytes = 0;
    for (const name of await readdir(path).catch(() => [])) bytes += await sizeOf(join(path, name), seen);
    return bytes;
  }
  if (found.nlink === 1) return found.size;
  const file = `${found.dev}:${found.ino}`;
  const names = (seen.get(file) ?? 0) + 1;
  seen.set(file, names);
  return names === found.nlink ? found.size : 0;
}
