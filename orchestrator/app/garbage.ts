/** What can go: deleted runs with their artifacts, and cached files that nothing uses. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { halfUnpacked } from '../../learning/encoders/index.js';
import { hasEnded, listSearches } from '../../review/results/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Garbage } from '../../tracking/server/index.js';
import { cacheDir } from './home.js';
import type { Tracking } from './tracking.js';

/** A process may have looked a cached file up and be about to read it. */
const FRESH_MS = 60 * 60 * 1000;

/** Cached files that went, or would go. */
interface Unused {
  readonly models: readonly string[];
  readonly datasets: readonly string[];
  /** Halves that a process was killed over while it unpacked them. */
  readonly encoders: readonly string[];
  readonly bytes: number;
}

export interface Collected {
  /** Undefined where another server keeps the runs. */
  readonly tracking: Garbage | undefined;
  readonly cache: Unused;
}

/**
 * Removes them, or with `dryRun` tells of them. Searches and servers may be at work.
 *
 * @param options.olderThanMs - Only what was deleted, or last written, longer ago.
 */
export async function collectAll(
  { client, embedded }: Tracking,
  home: string,
  { olderThanMs, dryRun }: { olderThanMs: number; dryRun: boolean },
): Promise<Collected> {
  const before = Date.now() - olderThanMs;
  // Loaded when asked for: no other command has the server in its own thread.
  const { collectGarbage } = await import('../../tracking/server/index.js');
  const tracking = embedded ? await collectGarbage({ dataDir: home, before, dryRun }) : undefined;
  return { tracking, cache: await emptyCache(client, home, Math.min(before, Date.now() - FRESH_MS), dryRun) };
}

async function emptyCache(
  client: TrackingClient,
  home: string,
  before: number,
  dryRun: boolean,
): Promise<Unused> {
  const { sizeOf } = await import('../../tracking/server/index.js');
  let bytes = 0;
  const isRemoved = async (path: string): Promise<boolean> => {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || found.mtimeMs > before) return false;
    bytes += await sizeOf(path);
    if (!dryRun) await rm(path, { recursive: true, force: true });
    return true;
  };
  const remove = async (kind: string, isUsed: (name: string) => boolean): Promise<string[]> => {
    const folder = join(cacheDir(home), kind);
    const gone: string[] = [];
    for (const name of await readdir(folder).catch(() => []))
      if (!isUsed(name) && (await isRemoved(join(folder, name)))) gone.push(name);
    return gone;
  };
  // Half a download of a process that was killed has a longer name, which nothing uses.
  const registered = new Set((await client.searchModelVersions()).map(({ runId }) => runId));
  const models = await remove('models', (name) => registered.has(name));
  const isSearching = (await listSearches(client)).some(({ status }) => !hasEnded(status));
  const datasets = isSearching ? [] : await remove('datasets', () => false);
  const encoders: string[] = [];
  for (const path of await halfUnpacked(cacheDir(home)))
    if (await isRemoved(path)) encoders.push(basename(path));
  return { models, datasets, encoders, bytes };
}
