/** Makes room: what was deleted goes for good, with its artifacts. Servers and searches on the same folder may be at work. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamesSeen, sizeOf } from './artifacts/size.js';
import { pathOfUri } from './artifacts/uri.js';
import { confined, safeParts } from './security/paths.js';
import { openDatabase } from './store/database.js';
import { type Purged, purgeStore } from './store/purge.js';

export interface GarbageOptions {
  /** As the server's. */
  dataDir: string;
  /** Only what was deleted before this time (ms). */
  before: number;
  /** Tells what would go, and touches nothing. */
  dryRun: boolean;
}

export interface Garbage extends Purged {
  /** Size of the artifacts. */
  bytes: number;
}

/**
 * Purges deleted runs, logged models and experiments. The database forgets them first, and remembers their folders: a purge that is
 * killed goes on with the next one, which also removes what a process that outlived its run wrote there meanwhile.
 */
export async function collectGarbage({ dataDir, before, dryRun }: GarbageOptions): Promise<Garbage> {
  const root = join(dataDir, 'artifacts');
  await mkdir(root, { recursive: true, mode: 0o700 });
  const db = openDatabase(join(dataDir, 'tracking.db'));
  try {
    const store = purgeStore(db);
    const { folders = [], ...purged }: Purged & { folders?: string[] } = dryRun
      ? store.look(before)
      : store.purge(before);
    const taken = store
      .locations()
      .map(pathIn)
      .filter((path) => path !== undefined);
    let bytes = 0;
    const staying: NamesSeen | undefined = dryRun ? new Map() : undefined;
    for (const path of outermost([...folders, ...store.folders()].map(pathIn))) {
      // An experiment that lies in a folder of another one's run keeps it.
      if (taken.some((other) => isWithin(other, path))) continue;
      bytes += await removeFolder(root, path, staying);
    }
    if (!dryRun) store.forget();
    return { ...purged, bytes };
  } finally {
    db.close();
  }
}

/** Where in the artifact folder a URI points; undefined for one that this server would not write to. */
function pathIn(uri: string): string | undefined {
  try {
    const parts = safeParts(pathOfUri(uri));
    return parts.length === 0 ? undefined : parts.join('/');
  } catch {
    return undefined;
  }
}

const isWithin = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`);

/** Those that lie in no other one. */
function outermost(paths: readonly (string | undefined)[]): string[] {
  const found: string[] = [];
  const sorted = [...new Set(paths)]
    .filter((path) => path !== undefined)
    .sort((a, b) => (`${a}/` < `${b}/` ? -1 : 1));
  for (const path of sorted) {
    const last = found.at(-1);
    if (last === undefined || !isWithin(path, last)) found.push(path);
  }
  return found;
}

/**
 * Removes a folder, and tells what that gives back. What is being written there at this moment goes the next time.
 *
 * @param staying - What was seen of folders that would go; with it this one stays, too.
 */
async function removeFolder(root: string, path: string, staying: NamesSeen | undefined): Promise<number> {
  const folder = await confined(root, safeParts(path));
  const bytes = await sizeOf(folder, staying);
  if (staying === undefined) {
    await rm(folder, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY') throw error;
    });
  }
  return bytes;
}
