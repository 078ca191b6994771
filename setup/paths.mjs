/** Where this checkout and this user's cache are. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** What may be thrown away but saves a download next time; shared by all checkouts of one user. */
export function cacheFolder(env = process.env) {
  const xdg = env.XDG_CACHE_HOME;
  // The XDG specification: a relative path in this variable is to be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'gridsearch');
}
