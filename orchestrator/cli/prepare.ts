/** A search space file and its data, read and checked together before anything is queued. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { datasetFacts, datasetInputs, loadDataset, splitHeldOut } from '../../worker/data/index.js';
import type { DatasetIdentity } from '../search/submit.js';
import { checkDataset, readSearchSpace, type SearchSpace, SearchSpaceError } from '../space/index.js';

export interface Prepared {
  readonly space: SearchSpace;
  readonly dataset: DatasetIdentity;
}

/**
 * @throws SearchSpaceError when the file is wrong or asks of the data what it can't give
 * @throws DatasetError when the data can't be used
 */
export async function prepare(file: string): Promise<Prepared> {
  const space = await readSearchSpace(file);
  const dataset = await loadDataset(space.dataset, space.seed);
  const heldOut = splitHeldOut(dataset, space.dataset.test_size, space.seed);
  const issues = checkDataset(space, { ...datasetFacts(dataset, heldOut), classes: dataset.classes });
  if (issues.length > 0) throw new SearchSpaceError(issues);
  const { path } = space.dataset;
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

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
