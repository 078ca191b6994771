/** Where this program and this user's cache are. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout, or of the installed package. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** A checkout compiles itself; a package (or an image) holds the compiled code and not what compiles it. */
export const IS_CHECKOUT = existsSync(join(ROOT, 'tsconfig.build.json'));

/** What a person types to set up. */
export const SETUP_COMMAND = IS_CHECKOUT ? 'npm run setup' : 'npx gridsearch setup';

/** The same with options. */
export const setupCommand = (options) => `${SETUP_COMMAND}${IS_CHECKOUT ? ' --' : ''} ${options}`;

/** What may be thrown away but saves a download next time; shared by all checkouts and packages of one user. */
export function cacheFolder(env = process.env) {
  const xdg = env.XDG_CACHE_HOME;
  // The XDG specification: a relative path in this variable is to be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(homeFolder() ?? '/', '.cache'), 'gridsearch');
}

/** Undefined for a container's user who has neither a home in the environment nor an entry in /etc/passwd. */
export function homeFolder() {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/** What set-up keeps of its own for this checkout or package alone. */
export const OWN_CACHE = join(ROOT, 'node_modules', '.cache', 'gridsearch');

/** Where an engine may be, best first: a user without a writable home keeps it beside the program. */
export const cacheFolders = (env = process.env) => [cacheFolder(env), OWN_CACHE];

/** Where set-up keeps its lock and what it remembers: by checkout, because each builds its own dist/. */
export const stateFolder = (env = process.env) =>
  IS_CHECKOUT ? OWN_CACHE : firstWritable(cacheFolders(env));

/** The first of the folders that can be made and written to, or undefined. */
export function firstWritable(folders) {
  return folders.find((folder) => {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}
