/**
 * The files of a native engine: in tfjs-node's package in a home (where it looks for them) and beside it in the user's cache
 * (so that the next home needs no download). Both have the package's layout, `deps/lib/*` and `lib/napi-v8/tfjs_binding.node`,
 * and a stamp beside them that is written last: no stamp, no engine.
 */
import { constants } from 'node:fs';
import {
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STAMP } from './engine-home.mjs';

const PARTS = ['deps', 'lib'];

/** Every file below `folder`, as `{path, size}` or, for a symbolic link, `{path, target}`; paths relative to `base`. */
async function listFiles(base, folder) {
  const entries = await readdir(join(base, folder), { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(base, path);
      if (entry.isSymbolicLink()) return [{ path, target: await readlink(join(base, path)) }];
      return [{ path, size: (await lstat(join(base, path))).size }];
    }),
  );
  return lists.flat();
}

async function engineFiles(base) {
  const all = (await Promise.all(PARTS.map((part) => listFiles(base, part)))).flat();
  // Headers are for compiling only.
  return all.filter(({ path }) => !path.startsWith(join('deps', 'include')) && !path.endsWith(STAMP));
}

async function sameFiles(base, files) {
  const sizes = await Promise.all(
    files.map(({ path, size }) =>
      lstat(join(base, path)).then(
        (found) => size === undefined || found.size === size,
        () => false,
      ),
    ),
  );
  return files.length > 0 && sizes.every(Boolean);
}

/** The stamp in tfjs-node's package: these files, under this Node, multiplied two matrices. */
export async function readStamp(packageFolder) {
  try {
    return JSON.parse(await readFile(join(packageFolder, 'deps', STAMP), 'utf8'));
  } catch {
    return undefined;
  }
}

export const stampFits = async (packageFolder, stamp) =>
  stamp.node === process.version &&
  stamp.machine === `${process.platform}-${process.arch}` &&
  sameFiles(packageFolder, stamp.files);

export async function writeStamp(packageFolder, tensorflow, how) {
  const stamp = {
    tensorflow,
    how,
    node: process.version,
    machine: `${process.platform}-${process.arch}`,
    files: await engineFiles(packageFolder),
  };
  await writeFile(join(packageFolder, 'deps', STAMP), JSON.stringify(stamp));
}

/** One folder per what the binary depends on; Node is not among it, because the binding speaks Node-API. */
const cacheName = (version) => `engine-tfjs-node-${version}-${process.platform}-${process.arch}`;

/** The cached engine for this version of tfjs-node, if its files are complete. */
export async function cachedEngine(cache, version) {
  const folder = join(cache, cacheName(version));
  try {
    const { how, files } = JSON.parse(await readFile(join(folder, STAMP), 'utf8'));
    return (await sameFiles(folder, files)) ? { folder, how } : undefined;
  } catch {
    return undefined;
  }
}

/** Moves a finished engine (`{folder, how}`, on the cache's file system) into the cache. */
export async function keepEngine(built, cache, version) {
  const folder = join(cache, cacheName(version));
  await writeFile(
    join(built.folder, STAMP),
    JSON.stringify({ how: built.how, files: await engineFiles(built.folder) }),
  );
  await rm(folder, { recursive: true, force: true });
  await rename(built.folder, folder);
  return { folder, how: built.how };
}

/** Removes what killed set-ups left behind. Only for the holder of the cache's lock. */
export async function clearHalfMade(cache, packageFolder) {
  const leftovers = [[cache, 'building-']];
  if (packageFolder) leftovers.push([packageFolder, '.engine-'], [dirname(packageFolder), '.tfjs-node-']);
  for (const [folder, prefix] of leftovers) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((entry) => entry.startsWith(prefix))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** A second name for the same file where the file system allows it, else a copy. */
async function linkOrCopy(from, to) {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

/** Puts an engine into tfjs-node's package. The binding, by which tfjs-node tells that it is installed, comes last. */
export async function placeEngine(engineFolder, packageFolder) {
  const files = await engineFiles(engineFolder);
  for (const part of PARTS) await rm(join(packageFolder, part), { recursive: true, force: true });
  const half = join(packageFolder, `.engine-${process.pid}`);
  try {
    for (const { path, target } of files) {
      const to = join(half, path);
      await mkdir(dirname(to), { recursive: true });
      if (target === undefined) await linkOrCopy(join(engineFolder, path), to);
      else await symlink(target, to);
    }
    for (const part of PARTS) await rename(join(half, part), join(packageFolder, part));
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}
