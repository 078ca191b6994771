/** What a folder takes on the disk. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the files at and below a path; a link counts for itself, and what is not there for nothing. */
export async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found?.size ?? 0;
  let bytes = 0;
  for (const name of await readdir(path).catch(() => [])) bytes += await sizeOf(join(path, name));
  return bytes;
}
