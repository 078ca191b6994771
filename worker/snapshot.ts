/** The rows a job trains on: from the installed package, or from the snapshot that the submission took of a file. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, loadDataset } from '../learning/data/index.js';
import type { SearchContext } from '../queue/index.js';
import type { TrackingClient } from '../tracking/client/index.js';

/** Loaded datasets of this process; two, so that two searches at once don't evict each other at every job. */
const loaded = new Map<string, Dataset>();
const KEPT = 2;

/**
 * The search's dataset, kept from job to job.
 * @throws Error when the rows read here are not the rows that were submitted.
 */
export async function datasetOf(
  context: SearchContext,
  { tracking, cacheDir }: { tracking: TrackingClient; cacheDir: string },
): Promise<Dataset> {
  const key = JSON.stringify([context.digest, context.dataset, context.seed]);
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const { snapshot, ...spec } = context.dataset;
  const path = snapshot && (await fetchSnapshot(context.parentRunId, snapshot, tracking, cacheDir));
  const dataset = await loadDataset(path === undefined ? spec : { ...spec, path }, context.seed);
  if (dataset.digest !== context.digest) {
    throw new Error(
      `the dataset read here has digest ${dataset.digest}, the one submitted has ${context.digest}: ` +
        'is this worker of the same version as the submitter?',
    );
  }
  loaded.set(key, dataset);
  if (loaded.size > KEPT) loaded.delete(loaded.keys().next().value!);
  return dataset;
}

/** Downloads the file once per machine; its name is its content's hash, so a cached copy is always the right one. */
async function fetchSnapshot(
  parentRunId: string,
  { artifact, sha256 }: { artifact: string; sha256: string },
  tracking: TrackingClient,
  cacheDir: string,
): Promise<string> {
  const folder = join(cacheDir, 'datasets');
  const path = join(folder, sha256);
  if (await stat(path).catch(() => undefined)) return path;
  const content = await tracking.downloadArtifact(await tracking.getRun(parentRunId), artifact);
  if (createHash('sha256').update(content).digest('hex') !== sha256) {
    throw new Error(
      `the snapshot ${artifact} of run ${parentRunId} is damaged: its SHA-256 is not ${sha256}`,
    );
  }
  await mkdir(folder, { recursive: true });
  // Other children may fetch it too; each writes a file of its own and the last rename wins with the same content.
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, content);
  await rename(partial, path);
  return path;
}
