/** Writes the model folder. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFile, type PackageContents, TEXT_FILE, weightBytes } from './contents.js';
import { mlmodelYaml, packageTexts } from './mlmodel.js';

/** Files that are the same in every package. */
const TEMPLATE = fileURLToPath(new URL('./template/', import.meta.url));

/**
 * Writes a model as an MLflow model folder that needs nothing but itself: Python predicts from it with NumPy, Node and
 * browsers with stock TensorFlow.js. `MLmodel` is written last, so that a folder that has it is complete.
 *
 * @param dir is created if missing
 * @throws Error when topology, weights and classes do not belong together
 */
export async function writeModelPackage(dir: string, contents: PackageContents): Promise<void> {
  const weightData = new Uint8Array(contents.weightData);
  const { path } = checkContents(contents, weightData);
  await mkdir(join(dir, 'tfjs'), { recursive: true });
  if (!existsSync(TEMPLATE)) throw new Error(`${TEMPLATE} is missing: the installation is incomplete`);
  await cp(TEMPLATE, dir, { recursive: true, filter: (source) => !source.includes('__pycache__') });
  await writeFile(join(dir, 'tfjs', 'model.json'), JSON.stringify(contents.modelJson));
  await writeFile(join(dir, 'tfjs', path), weightData);
  for (const [path, text] of Object.entries({
    ...packageTexts(contents),
    ...(contents.normalize && { [TEXT_FILE]: `${JSON.stringify({ normalize: contents.normalize })}\n` }),
    ...contents.features,
  })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const size = await folderSize(dir);
  const uuid = randomUUID().replaceAll('-', '');
  await writeFile(join(dir, 'MLmodel'), mlmodelYaml(contents, { uuid, created: new Date(), size }));
}

function checkContents(contents: PackageContents, weightData: Uint8Array): { path: string } {
  const { weightsManifest } = modelFile.parse(contents.modelJson);
  const [group, ...others] = weightsManifest;
  if (!group || others.length > 0 || group.paths.length !== 1) {
    throw new Error('the model has several weight files, a package holds one');
  }
  const expected = weightBytes(group.weights);
  if (expected !== weightData.byteLength) {
    throw new Error(`the weights take ${weightData.byteLength} bytes, the model's manifest says ${expected}`);
  }
  if (contents.classes.length < 2) throw new Error('a classifier has two classes or more');
  let offset = 0;
  const trained = new Map(contents.weights?.map((weight) => [weight.name, weight]));
  for (const spec of group.weights) {
    const bytes = weightData.subarray(offset, offset + weightBytes([spec]));
    offset += bytes.byteLength;
    if (!contents.weights) continue;
    const weight = trained.get(spec.name);
    if (!weight) throw new Error(`the trained model has no weight ${spec.name}`);
    const { buffer, byteOffset, byteLength } = weight.values;
    if (Buffer.compare(bytes, new Uint8Array(buffer, byteOffset, byteLength)) !== 0) {
      throw new Error(`weight ${spec.name} of the portable model is not the trained one`);
    }
  }
  return { path: group.paths[0]! };
}

async function folderSize(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return stats.reduce((sum, { size }) => sum + size, 0);
}
