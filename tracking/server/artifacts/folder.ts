/**
 * The artifact folder on disk. A file is whole or not there: it is written at the folder's root under a temporary name,
 * flushed to the disk, and renamed into its place.
 */

import { createReadStream, type ReadStream } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import pLimit from 'p-limit';
import { ApiError, invalid, notFound } from '../errors.js';
import { confined, safeParts } from '../security/paths.js';
import { type MultipartUploads, multipartUploads } from './multipart.js';
import { isTemporary, temporaryName } from './temporary.js';
import { writeWhole } from './write-whole.js';

export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

/** First and last byte. */
export interface Part {
  start: number;
  end: number;
}

export interface ArtifactFolder {
  /** Writes a stream to `path`, bounded in size. */
  write(path: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Reads a file, or the part of it that an HTTP `Range` header asks for; `size` is the whole file's.
   *
   * @throws ApiError RANGE_NOT_SATISFIABLE for a part that begins after the end.
   */
  read(path: string, range?: string): Promise<{ stream: ReadStream; size: number; part?: Part }>;
  /** What lies directly in `path`, sorted by name; nothing when the folder is not there. Paths are relative to `path`. */
  list(path: string): Promise<FileInfo[]>;
  /**
   * Has every file beneath `from` also beneath `to`, which is elsewhere; either may be written or deleted without the other. May be repeated,
   * and must be when it fails half-way.
   *
   * @throws ApiError RESOURCE_DOES_NOT_EXIST when there is nothing.
   */
  copy(from: string, to: string): Promise<void>;
  /** Deletes a file or a folder; what is not there is deleted already. */
  delete(path: string): Promise<void>;
  /** Writes in parts. */
  readonly uploads: MultipartUploads;
}

/** Files that are copied side by side. */
const COPIES_AT_ONCE = 8;

/** @param maxBytes Largest artifact that is taken. */
export function artifactFolder(root: string, maxBytes: number): ArtifactFolder {
  const place = (path: string) => {
    const parts = safeParts(path);
    if (parts.some(isTemporary)) throw invalid('Invalid path');
    return confined(root, parts);
  };
  const known = async (path: string) => {
    const location = await place(path);
    const found = await stat(location).catch(() => undefined);
    if (!found) throw notFound(`No such artifact: '${path}'`);
    return { location, found };
  };

  /** @param make - Makes the whole file under a temporary name. */
  const put = async (path: string, make: (temporary: string) => Promise<unknown>): Promise<void> => {
    if (safeParts(path).length === 0) throw invalid('Invalid path');
    const target = await place(path);
    const folder = dirname(target);
    const temporary = join(root, temporaryName());
    try {
      await make(temporary);
      await makeFolder(folder, path);
      // Once the folders are there, no link can have been put on the way unseen.
      await place(path);
      await rename(temporary, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EISDIR') throw invalid(`Artifact '${path}' is a folder`);
      throw error;
    } finally {
      // Also when all went well: of two names of one file, `rename` leaves both.
      await rm(temporary, { force: true });
    }
    await flushFolder(folder);
  };
  const write: ArtifactFolder['write'] = (path, body) =>
    put(path, (temporary) => writeWhole(temporary, body, maxBytes));
  /** A second name of the same file, which nobody changes in its place; where there can be none, a copy. */
  const same = async (from: string, to: string): Promise<void> =>
    put(to, async (temporary) => {
      const source = await place(from);
      await link(source, temporary).catch(() => writeWhole(temporary, contentOf(source), maxBytes));
    });

  const list = async (path: string): Promise<FileInfo[]> => {
    const location = await place(path);
    const entries = await readdir(location, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    });
    const infos = entries
      .filter((entry) => !isTemporary(entry.name) && (entry.isFile() || entry.isDirectory()))
      .map(async (entry): Promise<FileInfo> => {
        if (entry.isDirectory()) return { path: entry.name, is_dir: true };
        const { size } = await stat(join(location, entry.name));
        return { path: entry.name, is_dir: false, file_size: size };
      });
    return (await Promise.all(infos)).sort((a, b) => (a.path < b.path ? -1 : 1));
  };

  /** All files beneath `path`, relative to it. */
  const filesOf = async (path: string): Promise<string[]> => {
    const lists = (await list(path)).map(async (entry) => {
      if (!entry.is_dir) return [entry.path];
      return (await filesOf(`${path}/${entry.path}`)).map((file) => `${entry.path}/${file}`);
    });
    return (await Promise.all(lists)).flat();
  };

  return {
    write,
    list,
    uploads: multipartUploads(root, maxBytes, place, write),

    async read(path, range) {
      const { location, found } = await known(path);
      if (!found.isFile()) throw invalid(`Artifact path refers to a directory, not a file: '${path}'`);
      const { size } = found;
      const part = partOf(range, size);
      return part
        ? { stream: createReadStream(location, { ...part }), size, part }
        : { stream: createReadStream(location), size };
    },

    async copy(from, to) {
      const [source, target] = [await place(from), await place(to)];
      const isBeneath = (one: string, other: string) => `${one}${sep}`.startsWith(`${other}${sep}`);
      // Also the root: everything is beneath it.
      if (isBeneath(source, target) || isBeneath(target, source)) throw invalid('Invalid path');
      const files = await filesOf(from);
      if (files.length === 0) throw notFound(`No such artifact: '${from}'`);
      const limit = pLimit(COPIES_AT_ONCE);
      try {
        await limit.map(files, (file) => same(`${from}/${file}`, `${to}/${file}`));
      } finally {
        limit.clearQueue();
      }
    },

    async delete(path) {
      if (safeParts(path).length === 0) throw invalid('Invalid path');
      await rm(await place(path), { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
        // Beneath a file there is nothing either.
        if (error.code !== 'ENOTDIR') throw error;
      });
    },
  };
}

/** The part that `bytes=2-5`, `bytes=2-` or `bytes=-4` means. Other forms may be answered with the whole file. */
function partOf(range: string | undefined, size: number): Part | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size) {
    throw new ApiError('RANGE_NOT_SATISFIABLE', `The artifact has ${size} bytes`, {
      'Content-Range': `bytes */${size}`,
    });
  }
  return { start, end };
}

/** Opened by whoever reads it, and closed by them. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

async function makeFolder(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST' || error.code === 'ENOTDIR') {
      throw invalid(`Artifact '${path}' cannot lie beneath a file`);
    }
    throw error;
  });
}

/** The new name is on the disk only when its folder is. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
