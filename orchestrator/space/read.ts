import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { datasetTrouble, namingField, unreadable } from '../../learning/data/index.js';
import { issueAt } from './check-dataset.js';
import { SearchSpaceError } from './issues.js';
import { parseSearchSpace } from './parse.js';
import { placeOfValue } from './places.js';
import type { SearchSpace } from './types.js';
import { placeOf } from './types.js';

const MAX_BYTES = 1024 * 1024;

/**
 * Reads and validates a search space file, and makes sure that the data file it names is there.
 *
 * @throws SearchSpaceError also when the file cannot be read.
 */
export const readSearchSpace = async (file: string): Promise<SearchSpace> =>
  checkSearchSpace(await readText(file), file);

/**
 * Validates the text of a search space, and makes sure that the data file it names is there.
 *
 * @param file - As for `parseSearchSpace`.
 * @param within - Folder that a data file must lie in, for a text from somebody who may not read all files here.
 * @throws SearchSpaceError
 */
export async function checkSearchSpace(text: string, file: string, within?: string): Promise<SearchSpace> {
  const space = parseSearchSpace(text, file);
  const { path } = space.dataset;
  if (within !== undefined && path !== undefined && !(await liesIn(within, path))) {
    const finding = {
      path: ['dataset', namingField(space.dataset.source)],
      what: 'lies outside the folder that gridsearch runs in',
      value: relative(within, path),
      remedy: 'name a file in it, or submit the search space by command',
    };
    throw new SearchSpaceError([issueAt(space, finding)]);
  }
  if (within !== undefined) await refuseOutside(space, within);
  const trouble = await datasetTrouble(space.dataset);
  if (trouble === undefined) return space;
  const { field, ...finding } = trouble;
  throw new SearchSpaceError([issueAt(space, { path: ['dataset', field], ...finding })]);
}

/** @throws SearchSpaceError when a parameter names a folder elsewhere */
async function refuseOutside(space: SearchSpace, within: string): Promise<void> {
  for (const model of space.models) {
    for (const { parameter, values } of model.axes) {
      for (const place of values.map(placeOfValue)) {
        if (place === undefined || (await liesIn(within, place))) continue;
        const finding = {
          path: [...placeOf(model), parameter],
          what: 'lies outside the folder that gridsearch runs in',
          value: relative(within, place),
          remedy: 'name a folder in it, or submit the search space by command',
        };
        throw new SearchSpaceError([issueAt(space, finding)]);
      }
    }
  }
}

/** Also once links are followed. One that is not there lies nowhere else. */
export async function liesIn(folder: string, path: string): Promise<boolean> {
  const root = await realpath(folder);
  const isIn = (one: string, other: string): boolean =>
    one.startsWith(other.endsWith(sep) ? other : other + sep);
  if (!isIn(resolve(path), resolve(folder))) return false;
  return isIn(await realpath(path).catch(() => join(root, 'none')), root);
}

async function readText(file: string): Promise<string> {
  const refuse = (message: string) => new SearchSpaceError([{ file, line: 0, column: 0, path: '', message }]);
  let handle: FileHandle;
  try {
    // Non-blocking, because opening a pipe that nobody writes to would wait for ever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refuse(
      `${unreadable(error)}; give the path of a search space, such as search-spaces/quickstart.yaml`,
    );
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
