/**
 * Where native TensorFlow is. Set-up puts it there and the learning library (`#engine-home`) loads it from there.
 *
 * `@tensorflow/tfjs-node` is no dependency that npm installs with us: its install script downloads from a host that many
 * networks don't reach, and npm then drops the package without a word. Set-up has npm fetch it without scripts into a home
 * in the user's cache, from the lock file in `native/`, and puts TensorFlow's library into it. One that was installed
 * beside us, complete with its library, serves where there is no home.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder, cacheFolders, firstWritable } from './paths.mjs';

export { SETUP_COMMAND } from './paths.mjs';

/**
 * This user's cache: where something may be already, best first, and where it is to be put. `fallback` is for whoever can't write
 * to a cache of one's own, as in a container with a read-only file system.
 */
export function userCache(fallback) {
  const folders = [...cacheFolders(), fallback];
  return { folders, writable: firstWritable(folders) ?? cacheFolder() };
}

/** `package.json` and `package-lock.json` of a home. */
export const NATIVE = new URL('native/', import.meta.url);

/** Written into a home's tfjs-node when its engine has passed the proof. */
export const STAMP = 'engine.json';

/** Version of tfjs-node that a home holds. */
export const nativeVersion = () =>
  JSON.parse(readFileSync(new URL('package.json', NATIVE), 'utf8')).dependencies['@tensorflow/tfjs-node'];

/** A home's folder name: of one lock file and one kind of machine. Another lock file is another home, so none changes under a worker. */
export function homeName() {
  const lock = readFileSync(new URL('package-lock.json', NATIVE));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  return `tfjs-node-${nativeVersion()}-${digest}-${process.platform}-${process.arch}`;
}

/** The folder of a package as seen from a file, wherever a package manager has put it; undefined when it isn't there. */
export function packageFrom(file, name) {
  try {
    return dirname(createRequire(file).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** tfjs-node's package in a home. */
export const packageIn = (home) => packageFrom(join(home, 'package.json'), '@tensorflow/tfjs-node');

function hasBinding(folder) {
  try {
    const lib = join(folder, 'lib');
    return readdirSync(lib).some((name) => existsSync(join(lib, name, 'tfjs_binding.node')));
  } catch {
    return false;
  }
}

/** The folder of a tfjs-node that has its native half, or undefined; that it loads is only known once a process tried. */
export function nativePackage(env = process.env) {
  const name = homeName();
  for (const cache of cacheFolders(env)) {
    const found = packageIn(join(cache, name));
    if (found && existsSync(join(found, 'deps', STAMP)) && hasBinding(found)) return found;
  }
  const beside = packageFrom(import.meta.url, '@tensorflow/tfjs-node');
  return beside && hasBinding(beside) ? beside : undefined;
}
