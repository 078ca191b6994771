/** Artifact paths: which ones are allowed, and where on disk they are. Everything else of this server trusts this file. */
import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { invalid } from '../errors.js';
import { fullyDecoded } from './decode.js';

const LONGEST_PATH = 4000;
/** Names that Windows takes for devices, whatever their extension; elsewhere they are files like any other. */
const isDevice = (part: string): boolean =>
  process.platform === 'win32' && /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(part);

/**
 * Checks a relative artifact path and returns its parts; the empty path has none, and a `.` is none.
 *
 * The path arrives decoded once. It is looked at fully decoded as well, since a later reader may decode again.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE `Invalid path` for every form of climbing out.
 */
export function safeParts(path: string): string[] {
  if (path.length > LONGEST_PATH) throw invalid('Invalid path');
  for (const form of [path, fullyDecoded(path)]) {
    const parts = form.split('/');
    const bad =
      form.includes('\0') ||
      form.includes('\\') ||
      form.startsWith('/') ||
      /^[a-zA-Z]:/.test(form) ||
      /^(?:file|runs|models|mlflow-artifacts|https?|s3|gs):/i.test(form) ||
      parts.some((part) => part === '..' || part.length > 255 || isDevice(part)) ||
      hasControlCharacter(form);
    if (bad) throw invalid('Invalid path');
  }
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

const hasControlCharacter = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
};

/**
 * The place of `parts` under `root`, with no symbolic link anywhere on the way: a link could lead out, and between
 * a check of where it leads and the use of it, it could change. What does not exist yet is fine.
 */
export async function confined(root: string, parts: readonly string[]): Promise<string> {
  const base = await realpath(root);
  let current = base;
  for (const part of parts) {
    current = join(current, part);
    if (!current.startsWith(base + sep)) throw invalid('Invalid path');
    const found = await lstat(current).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (!found) return join(base, ...parts);
    if (found.isSymbolicLink()) throw invalid('Invalid path');
  }
  return current;
}
