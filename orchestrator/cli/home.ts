/** The data directory: everything the embedded services keep. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** `GRIDSEARCH_HOME`, or `.gridsearch` in the current folder; created when missing, for the user's eyes only. */
export function homeDir(env: NodeJS.ProcessEnv = process.env): string {
  const home = resolve(env.GRIDSEARCH_HOME ?? '.gridsearch');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return home;
}

/** Folder for what can be fetched again. */
export const cacheDir = (home: string): string => join(home, 'cache');

/**
 * Runs `action` while no other process of this data directory is inside one. The lock is an SQLite transaction: the
 * kernel drops it with the process, so a killed one leaves nothing stale behind.
 */
export async function exclusively<T>(home: string, action: () => Promise<T>): Promise<T> {
  const db = new DatabaseSync(join(home, 'lock.db'));
  try {
    db.exec('PRAGMA busy_timeout = 30000; BEGIN EXCLUSIVE');
    return await action();
  } finally {
    db.close();
  }
}
