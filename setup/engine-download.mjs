/**
 * Native TensorFlow by tfjs-node's own installer: a prebuilt library and a prebuilt binding. The installer rewrites its package.json
 * while it runs and waits for a silent host without end, so it works on a copy of the package and is watched.
 */
import { cpSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { run } from './run.mjs';

/** No byte for this long means that the host can't be reached. */
const SILENCE_SECONDS = 20;
const LIMIT_SECONDS = 600;

function bytesBelow(folder) {
  let bytes = 0;
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch {
    return 0;
  }
  for (const entry of entries) {
    if (entry.isFile())
      bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** A reason once `deps` has not grown for a while, until the library is complete; compiling, if it comes to that, may take longer. */
function watchDownload(deps) {
  let bytes = 0;
  let changed = performance.now();
  return () => {
    const now = bytesBelow(deps);
    if (now !== bytes) {
      bytes = now;
      changed = performance.now();
    }
    const limit = bytes === 0 ? SILENCE_SECONDS : 6 * SILENCE_SECONDS;
    return performance.now() - changed > limit * 1000 ? `its host sent nothing for ${limit} s` : undefined;
  };
}

/** @returns {Promise<{folder: string, how: string}>} a finished engine in a folder of its own inside the cache */
export async function downloadWay({ cache, home, say }) {
  // Beside the original, so that its imports resolve.
  const copy = await mkdtemp(join(dirname(home.tfjsNode), '.tfjs-node-'));
  const folder = await mkdtemp(join(cache, 'building-'));
  try {
    cpSync(home.tfjsNode, copy, {
      recursive: true,
      filter: (path) => !['deps', 'lib'].some((part) => path === join(home.tfjsNode, part)),
    });
    say("running tfjs-node's own installer, which downloads a prebuilt TensorFlow 2.9");
    const env = {
      ...process.env,
      PATH: `${join(home.folder, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
    };
    await run(process.execPath, [join(copy, 'scripts', 'install.js')], {
      cwd: copy,
      env,
      seconds: LIMIT_SECONDS,
      giveUp: watchDownload(join(copy, 'deps')),
    });
    for (const part of ['deps', 'lib']) await moveFolder(join(copy, part), join(folder, part));
    await rm(join(folder, 'deps', 'include'), { recursive: true, force: true });
    return { folder, how: "from tfjs-node's own download" };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
downloadWay.title = "tfjs-node's own download";

/** The cache may be on another file system, where a rename is not possible. */
async function moveFolder(from, to) {
  await rename(from, to).catch(async (error) => {
    if (error.code !== 'EXDEV') throw error;
    await mkdir(to, { recursive: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  });
}
