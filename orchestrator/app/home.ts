/** The data directory: everything the embedded services keep. */
import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from './errors.js';

/**
 * `GRIDSEARCH_HOME`, or `.gridsearch` in the current folder; created when missing, for the user's eyes only, also where it was
 * there already.
 *
 * @throws InputError when it can't be used
 */
export function homeDir(env: NodeJS.ProcessEnv = process.env): string {
  const home = homePath(env);
  try {
    makeFolder(home);
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    closeToOthers(home);
  } catch (error) {
    throw new InputError(
      `the data directory ${home} can't be used: ${(error as Error).message}; set GRIDSEARCH_HOME to a folder that you can write to`,
    );
  }
  return home;
}

/** Where the data directory is, whether it is there or not. */
export const homePath = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env.GRIDSEARCH_HOME || '.gridsearch');

/** Level by level, because Node's own recursive mkdir never comes back from a place such as /proc. */
function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new Error(`${path} is not a folder`);
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** One that everybody may write to (`/tmp`), or of another owner, stays as it is. */
function closeToOthers(folder: string): void {
  const { uid, mode } = statSync(folder);
  const isShared = (mode & 0o1000) !== 0;
  if (!isShared && (mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(folder, 0o700);
}

/** Folder for what can be fetched again. */
export const cacheDir = (home: string): string => join(home, 'cache');
