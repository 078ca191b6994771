/**
 * Uploads in parts, as MLflow's clients send large files when told to. The parts lie in a folder at the artifacts' root, under a
 * name that listings don't show and the next start sweeps; the whole is put together, flushed and renamed as any other artifact.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { ApiError, invalid, notFound } from '../errors.js';
import { temporaryName } from './temporary.js';
import { writeWhole } from './write-whole.js';

/** As S3 has it. */
export const MOST_PARTS = 10_000;
const MOST_OPEN = 100;
/** An upload that nobody went on with for so long is given up. */
const FORGOTTEN_MS = 60 * 60 * 1000;

interface Upload {
  readonly path: string;
  readonly folder: string;
  readonly count: number;
  readonly parts: Map<number, { etag: string; bytes: number }>;
  touched: number;
  completing?: Promise<void> | undefined;
}

export interface MultipartUploads {
  /** Opens an upload of so many parts to `path`; returns its id, which this process alone knows. */
  create(path: string, count: number): Promise<string>;
  /** Takes part `number`, from 1; the last of the same number counts. Returns its entity tag. */
  writePart(id: string, number: number, body: AsyncIterable<Uint8Array>): Promise<string>;
  /** Makes the artifact of all parts, which must be those that were sent. Again, it has no effect. */
  complete(id: string, path: string, etags: ReadonlyMap<number, string>): Promise<void>;
  /** Gives an upload up; one that is over is given up already. */
  abort(id: string): Promise<void>;
}

/**
 * @param check - Refuses paths that nothing may be written to.
 * @param write - Writes the whole to its place.
 */
export function multipartUploads(
  root: string,
  maxBytes: number,
  check: (path: string) => Promise<unknown>,
  write: (path: string, body: AsyncIterable<Uint8Array>) => Promise<void>,
): MultipartUploads {
  const open = new Map<string, Upload>();
  /** The answer to a completion may get lost, and clients ask again. */
  const completed = new LRUCache<string, string>({ max: 1000 });

  const uploadOf = (id: string): Upload => {
    const upload = open.get(id);
    if (!upload) throw notFound(`No such upload: '${id.slice(0, 100)}'`);
    upload.touched = Date.now();
    return upload;
  };
  const discard = async (id: string): Promise<void> => {
    const upload = open.get(id);
    open.delete(id);
    if (upload) await rm(upload.folder, { recursive: true, force: true });
  };
  const build = async (id: string, { path, folder, count }: Upload): Promise<void> => {
    async function* whole() {
      for (let number = 1; number <= count; number++) yield* createReadStream(join(folder, String(number)));
    }
    await write(path, whole());
    completed.set(id, path);
    await discard(id);
  };

  return {
    async create(path, count) {
      await check(path);
      for (const [id, { touched, completing }] of open) {
        if (!completing && Date.now() - touched > FORGOTTEN_MS) await discard(id);
      }
      if (open.size >= MOST_OPEN) {
        throw new ApiError('TEMPORARILY_UNAVAILABLE', `${MOST_OPEN} uploads in parts are open; try again`);
      }
      const id = randomUUID().replaceAll('-', '');
      const folder = join(root, temporaryName());
      open.set(id, { path, folder, count, parts: new Map(), touched: Date.now() });
      await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
        open.delete(id);
        throw error;
      });
      return id;
    },

    async writePart(id, number, body) {
      const { folder, count, parts, completing } = uploadOf(id);
      if (!Number.isInteger(number) || number < 1 || number > count) {
        throw invalid(`Part ${number} is not one of the ${count} parts of the upload`);
      }
      if (completing) throw invalid('The upload is being completed');
      const others = [...parts].reduce(
        (sum, [other, { bytes }]) => (other === number ? sum : sum + bytes),
        0,
      );
      const hash = createHash('sha256');
      async function* hashed() {
        for await (const chunk of body) {
          hash.update(chunk);
          yield chunk;
        }
      }
      const partial = join(folder, randomUUID());
      let bytes: number;
      try {
        bytes = await writeWhole(partial, hashed(), maxBytes - others);
        if (uploadOf(id).completing) throw invalid('The upload is being completed');
        await rename(partial, join(folder, String(number)));
      } catch (error) {
        await rm(partial, { force: true });
        // Given up meanwhile, its folder is gone.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') uploadOf(id);
        throw error;
      }
      const etag = `"${hash.digest('hex')}"`;
      parts.set(number, { etag, bytes });
      uploadOf(id);
      return etag;
    },

    async complete(id, path, etags) {
      if (completed.get(id) === path) return;
      const upload = uploadOf(id);
      if (upload.path !== path) throw invalid(`The upload is of '${upload.path}', not of '${path}'`);
      for (let number = 1; number <= upload.count; number++) {
        if (upload.parts.get(number)?.etag !== (etags.get(number) ?? '')) {
          throw invalid(`Part ${number} of ${upload.count} is missing, or is not the one that was sent`);
        }
      }
      upload.completing ??= build(id, upload).finally(() => {
        upload.completing = undefined;
      });
      await upload.completing;
    },

    async abort(id) {
      await open.get(id)?.completing?.catch(() => undefined);
      await discard(id);
    },
  };
}
