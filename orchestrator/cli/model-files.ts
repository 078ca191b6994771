/** A registered version's model folder on this machine. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { ModelVersion, Run, TrackingClient } from '../../tracking/client/index.js';
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
  const path = version.source.split('/artifacts/').at(-1) ?? 'model';
  const folder = join(cacheDir(home), 'models', run.info.runId);
  const isThere = async (): Promise<boolean> => (await stat(folder).catch(() => undefined)) !== undefined;
  if (await isThere()) return folder;
  const partial = `${folder}.${randomUUID()}`;
  try {
    await mkdir(partial, { recursive: true });
    await download(client, run, path, path, partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process may have been faster; its folder is as good.
    if (!(await isThere())) throw error;
  }
  return folder;
}

async function download(
  client: TrackingClient,
  run: Run,
  root: string,
  path: string,
  folder: string,
): Promise<void> {
  for (const file of await client.listArtifacts(run, path)) {
    if (file.isDir) {
      await download(client, run, root, file.path, folder);
      continue;
    }
    // The list comes from a server; it decides on names, not on places outside the folder.
    const target = resolve(folder, file.path.slice(root.length + 1));
    if (!file.path.startsWith(`${root}/`) || !target.startsWith(folder + sep)) {
      throw new Error(`the tracking server lists an artifact outside the model folder: ${file.path}`);
    }
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await client.downloadArtifact(run, file.path));
  }
}
