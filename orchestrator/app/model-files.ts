/** A registered version's model folder on this machine. */
import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelVersion, TrackingClient } from '../../tracking/client/index.js';
import { InputError } from './errors.js';
import { cacheDir } from './home.js';

/**
 * Downloads the model folder of a version once; later calls find it in the cache. A version's artifacts belong to a
 * finished run and don't change.
 */
export async function modelFolder(
  client: TrackingClient,
  home: string,
  version: ModelVersion,
): Promise<string> {
  if (!version.runId) {
    throw new InputError(`${version.name} version ${version.version} names no run to take the model from`);
  }
  const run = await client.getRun(version.runId);
  // A version of a logged model names that one's artifacts, which are a copy of the run's.
  const path = /\/artifacts\/(.+)$/.exec(version.source)?.[1] ?? 'model';
  const folder = join(cacheDir(home), 'models', run.info.runId);
  const isThere = async (): Promise<boolean> => (await stat(folder).catch(() => undefined)) !== undefined;
  if (await isThere()) return folder;
  const partial = `${folder}.${randomUUID()}`;
  try {
    await client.downloadFolder(run, path, partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process may have been faster; its folder is as good.
    if (!(await isThere())) throw error;
  }
  return folder;
}
