/** The model of a package: by the kind's own network where there is one, else by the layers it is saved as. */
import { join } from 'node:path';
import type { Engine } from '../engine/index.js';
import type { Features, Loaded } from '../features/index.js';
import { type ModelKind, probabilitiesOf } from '../models/index.js';
import { modelFile, type WeightSpec, weightBytes } from './contents.js';
import type { PackageFolder } from './files.js';
import { ownNetwork } from './own-network.js';
import { type Scorer, stockLayers } from './stock-layers.js';

const MAX_MODEL_BYTES = 64 * 2 ** 20;
const MAX_WEIGHT_BYTES = 2 ** 31;

/** What is known of the model before its weights are read. */
interface PackagedModel {
  readonly kind: ModelKind | undefined;
  readonly parameters: unknown;
  readonly features: Features;
  readonly loaded: Loaded;
}

/** @throws Error that names the file and what is wrong with it */
export async function loadScorer(
  dir: string,
  folder: PackageFolder,
  engine: Engine,
  classes: number,
  { kind, parameters, features, loaded }: PackagedModel,
): Promise<Scorer> {
  const { modelTopology, weightsManifest } = await folder.json('tfjs/model.json', modelFile, MAX_MODEL_BYTES);
  const specs = weightsManifest.flatMap((group) => group.weights);
  const paths = weightsManifest.flatMap((group) => group.paths);
  const data = await readWeights(dir, folder, paths, weightBytes(specs));
  const misfit = loaded.misfit(specs);
  if (misfit !== undefined) throw new Error(`${dir}: ${misfit}`);

  const weights = weightsIn(data, specs);
  const network = kind && ownNetwork(engine, loaded, { kind, parameters, classes, weights });
  if (network)
    return { probabilities: (examples) => probabilitiesOf(network, examples, classes), dispose() {} };
  return stockLayers(engine, dir, classes, features, {
    modelTopology,
    weightSpecs: specs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    weightData: data,
  });
}

/** Views of a weight file. */
function weightsIn(data: ArrayBuffer, specs: readonly WeightSpec[]) {
  let offset = 0;
  return specs.map((spec) => {
    const bytes = weightBytes([spec]);
    const values = new Float32Array(data, offset, bytes / Float32Array.BYTES_PER_ELEMENT);
    offset += bytes;
    return { name: spec.name, shape: spec.shape, values };
  });
}

async function readWeights(
  dir: string,
  folder: PackageFolder,
  paths: readonly string[],
  expected: number,
): Promise<ArrayBuffer> {
  if (expected > MAX_WEIGHT_BYTES) throw new Error(`${dir}: ${expected} bytes of weights are over the limit`);
  const whole = new Uint8Array(expected);
  let offset = 0;
  for (const path of paths) {
    const bytes = await folder.bytes(join('tfjs', path), expected - offset);
    whole.set(bytes, offset);
    offset += bytes.byteLength;
  }
  if (offset !== expected) {
    throw new Error(
      `${join(dir, 'tfjs')}: weight files have ${offset} bytes where model.json says ${expected}`,
    );
  }
  return whole.buffer;
}
