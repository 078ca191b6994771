/** Where an encoder's checkpoint is on this machine; a named one is fetched from its registry the first time. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { userCache } from '#engine-home';
import { registryFile } from '../../downloads/index.js';
import { entryOf } from '../../table.js';
import { CHECKPOINT_FILES } from '../checkpoint/files.js';
import { CheckpointError } from '../errors.js';
import { frozenFacts } from '../frozen/table.js';
import type { EncoderSource } from './source.js';
import { ENCODER_SOURCES } from './table.js';

export interface EncoderPlace {
  readonly folder: string;
  /** Of the checkpoint's files: what was computed with it belongs to this. */
  readonly digest: string;
}

/** Before a folder in a parameter's value; after it `#` and its digest. */
const PATH = 'path:';

/** Whether the value names a folder. */
export const isEncoderPath = (value: string): boolean => value.startsWith(PATH);

/** The folder that a value names. */
export const encoderPath = (value: string): string => value.slice(PATH.length).replace(/#[0-9a-f]{64}$/, '');

/**
 * The value of a parameter for a folder: it names the content, too, so that a job can't choose what is read.
 *
 * @throws CheckpointError when it is no checkpoint that is supported
 */
export async function encoderValue(folder: string): Promise<string> {
  frozenFacts(folder);
  return `${PATH}${folder}#${await digestOf(folder)}`;
}

/**
 * @param value - A name of {@link ENCODER_SOURCES}, or what {@link encoderValue} gave.
 * @param say - Gets one line when something is fetched: what, how large, from where.
 * @param cacheFolder - For what is fetched, where the user's own cache can't be written to.
 * @throws CheckpointError when the folder is not the one that the value means
 * @throws Error in one line when a named one can't be had
 */
export async function encoderPlace(
  value: string,
  say: (line: string) => void,
  cacheFolder: string = tmpdir(),
): Promise<EncoderPlace> {
  if (!isEncoderPath(value)) return named(entryOf(ENCODER_SOURCES, 'encoder', value), cacheFolder, say);
  const folder = encoderPath(value);
  const digest = await digestOf(folder);
  if (!value.endsWith(`#${digest}`))
    throw new CheckpointError(`${folder}: is not the checkpoint that the search was submitted with`);
  return { folder, digest };
}

async function named(
  { name, archive, unpack }: EncoderSource,
  cacheFolder: string,
  say: (line: string) => void,
): Promise<EncoderPlace> {
  const digest = createHash('sha256').update(JSON.stringify(archive)).digest('hex');
  const { folders, writable } = userCache(cacheFolder);
  const folderIn = (cache: string): string => join(cache, 'encoders', `${name}-${digest.slice(0, 12)}`);
  // Also where it can only be read, as on a mounted disk.
  const known = folders.map(folderIn).find(existsSync);
  if (known !== undefined) return { folder: known, digest };
  const folder = folderIn(writable);
  const file = await registryFile(archive, writable, say);
  await mkdir(join(writable, 'encoders'), { recursive: true });
  const scratch = await mkdtemp(folder + UNPACKING);
  try {
    const contents = await unpack(file);
    for (const wanted of CHECKPOINT_FILES) await writeFile(join(scratch, wanted), contents[wanted]);
    // Another process may have been first; its files are the same.
    await rename(scratch, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { folder, digest };
}

/** Marks a folder that somebody unpacks into, or was killed over. */
const UNPACKING = '.unpacking-';

/** Folders that a process was killed over while it unpacked into them, or that one unpacks into now. */
export async function halfUnpacked(cacheFolder: string): Promise<string[]> {
  const folder = join(userCache(cacheFolder).writable, 'encoders');
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.includes(UNPACKING)).map((name) => join(folder, name));
}

/** By path, size and time of change: hashing 90 MB takes a while, and every fold asks. */
const digests = new Map<string, string>();

async function digestOf(folder: string): Promise<string> {
  const whole = createHash('sha256');
  for (const name of CHECKPOINT_FILES) {
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path).catch(() => {
      throw new CheckpointError(`${path}: no such file; a checkpoint has ${CHECKPOINT_FILES.join(', ')}`);
    });
    const key = `${path} ${size} ${mtimeMs}`;
    const known = digests.get(key) ?? (await hashFile(path));
    digests.set(key, known);
    whole.update(`${name} ${known}\n`);
  }
  return whole.digest('hex');
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
