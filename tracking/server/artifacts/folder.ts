/**
 * The artifact folder on disk. A file is whole or not there: it is written beside its place under a temporary name,
 * flushed to the disk, and renamed.
 */

import { randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ApiError, invalid, notFound } from '../errors.js';
import { confined, safeParts } from '../security/paths.js';

export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

export interface ArtifactFolder {
  /** Writes a stream to `path`, bounded in size. */
  write(path: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  read(path: string): Promise<{ stream: ReadStream; size: number }>;
  /** What lies directly in `path`, sorted by name; nothing when the folder is not there. Paths are relative to `path`. */
  list(path: string): Promise<FileInfo[]>;
  delete(path: string): Promise<void>;
}

const TEMPORARY = '.uploading-';

/** @param maxBytes Largest artifact that is taken. */
export function artifactFolder(root: string, maxBytes: number): ArtifactFolder {
  const place = (path: string) => confined(root, safeParts(path));
  const known = async (path: string) => {
    const location = await place(path);
    const found = await stat(location).catch(() => undefined);
    if (!found) throw notFound(`No such artifact: '${path}'`);
    return { location, found };
  };

  return {
    async write(path, body) {
      if (safeParts(path).length === 0) throw invalid('Invalid path');
      const target = await place(path);
      const folder = dirname(target);
      await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST' || error.code === 'ENOTDIR') {
          throw invalid(`Artifact '${path}' cannot lie beneath a file`);
        }
        throw error;
      });
      // Once the folders are there, no link can have been put on the way unseen.
      await place(path);
      const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
      try {
        await writeWhole(temporary, body, maxBytes);
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        if ((error as NodeJS.ErrnoException).code === 'EISDIR')
          throw invalid(`Artifact '${path}' is a folder`);
        throw error;
      }
      await flushFolder(folder);
    },

    async read(path) {
      const { location, found } = await known(path);
      if (!found.isFile()) throw invalid(`Artifact '${path}' is a folder`);
      return { stream: createReadStream(location), size: found.size };
    },

    async list(path) {
      const location = await place(path);
      const entries = await readdir(location, { withFileTypes: true }).catch(() => []);
      const infos = entries
        .filter((entry) => !entry.name.startsWith(TEMPORARY) && (entry.isFile() || entry.isDirectory()))
        .map(async (entry): Promise<FileInfo> => {
          if (entry.isDirectory()) return { path: entry.name, is_dir: true };
          const { size } = await stat(join(location, entry.name));
          return { path: entry.name, is_dir: false, file_size: size };
        });
      return (await Promise.all(infos)).sort((a, b) => (a.path < b.path ? -1 : 1));
    },

    async delete(path) {
      if (safeParts(path).length === 0) throw invalid('Invalid path');
      const { location } = await known(path);
      await rm(location, { recursive: true });
    },
  };
}

async function writeWhole(path: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
  const file = await open(path, 'wx');
  try {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        throw new ApiError('REQUEST_TOO_LARGE', `The artifact exceeds the limit of ${maxBytes} bytes`);
      }
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
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
