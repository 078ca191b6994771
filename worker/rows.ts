/** The rows a job trains on: from the installed package, or from the snapshot that the submission took of a file. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LRUCache } from 'lru-cache';
import {
  type CrossValidation,
  crossValidation,
  type Dataset,
  type DatasetSpec,
  datasetSpec,
  loadDataset,
  rowsTravel,
} from '../learning/data/index.js';
import { type Objective, objective } from '../learning/metrics/index.js';
import type { SearchContext } from '../queue/index.js';
import type { TrackingClient } from '../tracking/client/index.js';

/** A search's rows, and how it splits and measures them. */
export interface Rows {
  readonly dataset: Dataset;
  readonly spec: DatasetSpec;
  readonly crossValidation: CrossValidation;
  readonly objective: Objective;
}

/** Loaded rows of this process; two, so that two searches at once don't evict each other at every job. */
const loaded = new LRUCache<string, Rows>({ max: 2 });

/**
 * The search's rows, kept from job to job.
 *
 * @throws ZodError when the job asks for something that this version does not know
 * @throws Error when the rows read here are not the rows that were submitted.
 */
export async function rowsOf(
  context: SearchContext,
  { tracking, cacheDir }: { tracking: TrackingClient; cacheDir: string },
): Promise<Rows> {
  const { snapshot } = context;
  const key = JSON.stringify([
    context.digest,
    context.dataset,
    snapshot,
    context.cross_validation,
    context.objective,
    context.seed,
  ]);
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const spec = datasetSpec.parse(context.dataset);
  // Whoever can write to the queue must not choose what this machine reads.
  if (('path' in spec || rowsTravel(spec.source)) && snapshot === undefined) {
    throw new Error(
      'the job names a file of this machine, which is not read: files travel as snapshots of their search',
    );
  }
  const path =
    snapshot &&
    ((await nearby(spec, snapshot.sha256)) ??
      (await fetchSnapshot(context.parentRunId, snapshot, tracking, cacheDir)));
  const dataset = await loadDataset(path === undefined ? spec : { ...spec, path }, context.seed, {
    cacheFolder: cacheDir,
  });
  if (dataset.digest !== context.digest) {
    throw new Error(
      `the dataset read here has digest ${dataset.digest}, the one submitted has ${context.digest}: ` +
        'is this worker of the same version as the submitter?',
    );
  }
  const rows = {
    dataset,
    spec,
    crossValidation: crossValidation.parse(context.cross_validation),
    objective: objective.parse(context.objective),
  };
  loaded.set(key, rows);
  return rows;
}

/** Labels of some rows. */
export const labelsOf = ({ labels }: Dataset, rows: Int32Array): Int32Array =>
  Int32Array.from(rows, (row) => labels[row]!);

/**
 * The file itself where it lies in a folder that this worker was told to read data from, and is still the one that was
 * submitted: then it need not be downloaded.
 */
async function nearby(spec: DatasetSpec, sha256: string): Promise<string | undefined> {
  const root = process.env.GRIDSEARCH_DATA_ROOT;
  const given = 'path' in spec ? spec.path : undefined;
  if (!root || given === undefined) return undefined;
  try {
    const [folder, path] = await Promise.all([realpath(root), realpath(resolve(root, given))]);
    if (!path.startsWith(folder + sep)) return undefined;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex') === sha256 ? path : undefined;
  } catch {
    // It is not there.
    return undefined;
  }
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
