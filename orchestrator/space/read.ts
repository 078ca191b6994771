import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { access, open, stat } from 'node:fs/promises';
import { issueAt } from './check-dataset.js';
import { SearchSpaceError } from './issues.js';
import { parseSearchSpace } from './parse.js';
import type { SearchSpace } from './types.js';

const MAX_BYTES = 1024 * 1024;

/**
 * Reads and validates a search space file, and makes sure that the data file it names is there.
 *
 * @throws SearchSpaceError also when the file cannot be read.
 */
export async function readSearchSpace(file: string): Promise<SearchSpace> {
  const space = parseSearchSpace(await readText(file), file);
  if (space.dataset.path !== undefined) {
    const trouble = await troubleWithData(space.dataset.path);
    if (trouble !== undefined)
      throw new SearchSpaceError([
        issueAt(space, { path: ['dataset', 'file'], value: space.dataset.path, ...trouble }),
      ]);
  }
  return space;
}

async function readText(file: string): Promise<string> {
  const refuse = (message: string) => new SearchSpaceError([{ file, line: 0, column: 0, path: '', message }]);
  let handle: FileHandle;
  try {
    // Non-blocking, because opening a pipe that nobody writes to would wait for ever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refuse(`${reason(error)}; give the path of a search space, such as search-spaces/quickstart.yaml`);
  }
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw refuse('is a folder; name a YAML file in it');
    if (!stats.isFile()) throw refuse('is not a regular file; save the search space in a file');
    if (stats.size > MAX_BYTES)
      throw refuse(`has ${stats.size} bytes; a search space has at most ${MAX_BYTES} (1 MiB)`);
    const bytes = await handle.readFile();
    if (bytes.includes(0)) throw refuse('is not a text file; give a search space in YAML');
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw refuse('is not UTF-8 text; save it with the encoding UTF-8');
    }
  } finally {
    await handle.close();
  }
}

async function troubleWithData(path: string): Promise<{ what: string; remedy: string } | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return { what: 'is a folder', remedy: 'name a CSV, TSV or JSONL file in it' };
    if (!stats.isFile()) return { what: 'is not a regular file', remedy: 'save the data in a file' };
    if (stats.size === 0) return { what: 'is an empty file', remedy: 'name a file with labelled rows' };
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return { what: reason(error), remedy: 'correct the path: it counts from the folder of this YAML file' };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ELOOP: 'a loop of symbolic links',
  ENAMETOOLONG: 'a path too long for this system',
};

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
