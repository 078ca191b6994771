/**
 * A file from elsewhere, kept in the cache beside a record of its size and SHA-256. What was read first is trusted; each later
 * reading checks it, so that a search means the same rows next year.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { withLock } from '#lock';
import { DatasetError, quoted } from '../errors.js';
import { type Fetched, fetchOnce, PATIENCE, Trouble } from './fetch-once.js';

export interface Remote {
  /** The dataset source that it belongs to. */
  readonly source: string;
  /** Its path below the source, in the cache and on a mirror. */
  readonly path: string;
  readonly url: string;
  readonly maxBytes: number;
  /** Where it is known beforehand. */
  readonly sha256?: string | undefined;
  /** Hugging Face's hub, whose first answer says the SHA-256 of what it then sends elsewhere for. */
  readonly hub?: boolean;
}

interface Cache {
  readonly cacheFolder: string;
  readonly onDownload?: (address: string) => void;
}

const TRIES = 3;

const record = z.object({ url: z.string(), size: z.number(), sha256: z.string() });

/**
 * The path of the file in the cache. One process downloads, others wait for it.
 *
 * @throws DatasetError when it can't be had, or is not what it was
 */
export async function download(remote: Remote, cache: Cache, patience = PATIENCE): Promise<string> {
  const path = join(cache.cacheFolder, 'sources', remote.source, ...remote.path.split('/'));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return withLock(`${path}.lock`, async () => {
    const known = await readRecord(`${path}.json`);
    const wanted = remote.sha256 ?? known?.sha256;
    if (known !== undefined && (await sha256Of(path)) === wanted) return path;
    const address = addressOf(remote);
    cache.onDownload?.(address);
    const partial = `${path}.${randomUUID()}`;
    try {
      const fetched = await fetchPatiently(remote, address, partial, patience);
      if (wanted !== undefined && fetched.sha256 !== wanted)
        throw new DatasetError(
          `${remote.source}: ${address} has SHA-256 ${fetched.sha256}, and ${wanted} ${remote.sha256 ? 'is right' : `when it was first read; to take it as it is now, remove ${path}.json`}`,
        );
      await rename(partial, path);
      await writeFile(partial, JSON.stringify({ url: address, ...fetched }));
      await rename(partial, `${path}.json`);
      return path;
    } finally {
      await rm(partial, { force: true });
    }
  });
}

/** `GRIDSEARCH_DATASETS_URL` names a mirror, which has each file under its source's name. */
function addressOf({ source, path, url }: Remote): string {
  const mirror = process.env.GRIDSEARCH_DATASETS_URL;
  if (!mirror) return url;
  if (!/^https?:\/\/[^/]/.test(mirror) || !URL.canParse(mirror))
    throw new DatasetError(
      `GRIDSEARCH_DATASETS_URL is ${quoted(mirror)}, no address; write one such as https://mirror.example/datasets`,
    );
  return `${mirror.replace(/\/+$/, '')}/${source}/${path}`;
}

async function fetchPatiently(
  remote: Remote,
  address: string,
  partial: string,
  patience: typeof PATIENCE,
): Promise<Fetched> {
  for (let tried = 1; ; tried++) {
    try {
      return await fetchOnce(address, partial, remote, patience);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (!error.passing || tried === TRIES)
        throw new DatasetError(
          `${remote.source}: can't download ${address}: ${error.message}${tried > 1 ? ` (${tried} tries)` : ''}; ` +
            'without a way there, set GRIDSEARCH_DATASETS_URL to a mirror, or name a copy on disk with file: or folder:',
        );
      await sleep(patience.pauseMs * tried);
    }
  }
}

/** A record that can't be read is none: the file is fetched again. */
async function readRecord(path: string): Promise<z.output<typeof record> | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
