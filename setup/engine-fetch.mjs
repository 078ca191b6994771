/** tfjs-node's package by npm, without running its install script: a home in the cache, waiting for TensorFlow's library. */
import { chmod, copyFile, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { homeName, NATIVE, packageIn } from './engine-home.mjs';
import { npmEnvironment } from './npm-environment.mjs';
import { findProgram, run } from './run.mjs';

/** A slow network may take its time; a silent one is given up after two tries of each file. */
const FETCH_SECONDS = 600;
const NPM_CI = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'].concat([
  '--fetch-timeout=60000',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  // Under npx or `npm run` the settings of that npm are in the environment. These would send this one elsewhere.
  '--global=false',
  '--dry-run=false',
  '--package-lock-only=false',
  '--package-lock=true',
  '--install-strategy=hoisted',
  '--bin-links=true',
]);

/** Two thirds of the bytes are source maps. */
async function removeSourceMaps(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith('.map')) await rm(join(entry.parentPath, entry.name));
  }
}

/**
 * The home in this cache, made unless it is there. Only for the holder of the cache's lock.
 * @returns {Promise<{folder: string, tfjsNode: string}>} the home, and tfjs-node's package in it
 */
export async function fetchHome({ cache, env, say }) {
  const folder = join(cache, homeName());
  const found = packageIn(folder);
  if (found) return { folder, tfjsNode: found };
  const npm = findProgram('npm', env, [dirname(process.execPath)]);
  if (!npm) throw new Error('there is no npm on the PATH');
  say('fetching @tensorflow/tfjs-node with npm, without its install script (once per user)');
  const building = await mkdtemp(join(cache, 'building-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      await copyFile(new URL(name, NATIVE), join(building, name));
    }
    await run(npm, NPM_CI, { cwd: building, env: npmEnvironment(env, building), seconds: FETCH_SECONDS });
    await rm(join(building, '.npm'), { recursive: true, force: true });
    await removeSourceMaps(join(building, 'node_modules'));
    // mkdtemp's folder is for its maker alone; an image is made by one user and used by another.
    await chmod(building, 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
  const tfjsNode = packageIn(folder);
  if (!tfjsNode) throw new Error('npm ended well but left no package');
  return { folder, tfjsNode };
}
