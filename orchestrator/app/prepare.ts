/** A search space file and its data, read and checked together before anything is queued. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type Dataset,
  DatasetError,
  datasetFacts,
  datasetInputs,
  type HeldOut,
  loadDataset,
  splitHeldOut,
} from '../../learning/data/index.js';
import { plain } from '../cli/render.js';
import type { DatasetIdentity } from '../search/submit.js';
import { checkDataset, readSearchSpace, type SearchSpace, SearchSpaceError } from '../space/index.js';

export interface Prepared {
  readonly space: SearchSpace;
  readonly dataset: DatasetIdentity;
}

/** Files above this take seconds to read: a person is told what is going on, in bytes. */
const LARGE_FILE = 20 * 2 ** 20;

/**
 * @throws SearchSpaceError when the file is wrong or asks of the data what it can't give
 * @throws DatasetError when the data can't be used
 */
export async function prepare(file: string): Promise<Prepared> {
  const space = await readSearchSpace(file);
  const { path } = space.dataset;
  // A file that isn't there is told of by whoever reads it.
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path !== undefined && found !== undefined && found.size > LARGE_FILE)
    process.stderr.write(`reading ${plain(basename(path))}…\n`);
  const dataset = await loadDataset(space.dataset, space.seed);
  const heldOut = holdOut(dataset, space);
  const issues = checkDataset(space, { ...datasetFacts(dataset, heldOut), classes: dataset.classes });
  if (issues.length > 0) throw new SearchSpaceError(issues);
  return {
    space,
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      inputs: datasetInputs(dataset, heldOut),
      ...(path !== undefined && { sha256: await sha256(path) }),
    },
  };
}

/** The split, or one without test rows, for `checkDataset` to say why there are none and which field to change. */
function holdOut(dataset: Dataset, space: SearchSpace): HeldOut {
  try {
    return splitHeldOut(dataset, space.dataset.test_size, space.seed);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { development: Int32Array.from(dataset.texts.keys()), test: new Int32Array() };
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
