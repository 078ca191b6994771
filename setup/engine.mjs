/**
 * The engine that trains: native TensorFlow through `@tensorflow/tfjs-node`, else WebAssembly.
 *
 * `npm ci` leaves tfjs-node without its native half (no dependency runs code at install time here). Ways to get it, in order:
 *
 * 1. It already loads, or an earlier checkout left it in the cache.
 * 2. The library in TensorFlow's own Python wheel, and the binding compiled here against it (`engine-wheel.mjs`). First because
 *    it is TensorFlow 2.21 and comes from the Python package index, which networks that block other hosts still mirror.
 * 3. tfjs-node's own download (`engine-download.mjs`): one prebuilt archive without a compiler, but TensorFlow 2.9 from 2022,
 *    from a storage host that many networks, CI's too, don't reach.
 * 4. The wasm engine: always works, trains several times slower.
 *
 * No failure here is fatal. Whatever a way produces is proved in a process of its own before it is used.
 */
import { constants } from 'node:fs';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadWay } from './engine-download.mjs';
import {
  cachedEngine,
  clearHalfMade,
  keepEngine,
  placeEngine,
  readStamp,
  stampFits,
  writeStamp,
} from './engine-files.mjs';
import { proveNative, proveWasm } from './engine-proof.mjs';
import { wheelWay } from './engine-wheel.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, ROOT } from './paths.mjs';
import { SetupError } from './run.mjs';
import { systemPackages } from './system-packages.mjs';

/** How long a failure is remembered, so that every `npm test` on such a machine doesn't wait for the network again. */
const REMEMBER_FAILURE_MS = 24 * 3600 * 1000;
const WASM_COST =
  'trains several times slower, same results to a tolerance; GRIDSEARCH_ENGINE=wasm silences this';

const failureFile = join(ROOT, 'node_modules', '.cache', 'gridsearch', 'engine-failure.json');

async function packageFolder() {
  const folder = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-node');
  try {
    return { folder, version: JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version };
  } catch {
    return undefined; // optional dependency, left out by `npm ci --omit=optional`
  }
}

async function rememberedFailure() {
  try {
    const failure = JSON.parse(await readFile(failureFile, 'utf8'));
    return Date.now() - failure.at < REMEMBER_FAILURE_MS && failure.uid === process.getuid?.()
      ? failure.reason
      : undefined;
  } catch {
    return undefined;
  }
}

const forgetFailure = () => rm(failureFile, { force: true });

async function rememberFailure(reason) {
  await mkdir(dirname(failureFile), { recursive: true });
  await writeFile(failureFile, JSON.stringify({ reason, at: Date.now(), uid: process.getuid?.() }));
}

async function wasm(reason) {
  await proveWasm(ROOT);
  return { state: 'fallback', engine: 'wasm', detail: `wasm, which ${WASM_COST}. Because ${reason}` };
}

const native = (state, tensorflow, how) => ({
  state,
  engine: 'tensorflow',
  detail: `native TensorFlow ${tensorflow}, ${how}`,
});

export async function engineStep({ env, check, retry, say }) {
  if (env.GRIDSEARCH_ENGINE === 'wasm') {
    return { state: 'ready', engine: 'wasm', detail: 'wasm, as GRIDSEARCH_ENGINE asks' };
  }
  const tfjsNode = await packageFolder();
  if (!tfjsNode) {
    const reason = '@tensorflow/tfjs-node is not installed (npm ci --include=optional would)';
    return check ? { state: 'fallback', engine: 'wasm', detail: `wasm, because ${reason}` } : wasm(reason);
  }

  // 1. Already there. The stamp says that these very files passed the proof under this Node.
  const stamp = await readStamp(tfjsNode.folder);
  if (stamp && (await stampFits(tfjsNode.folder, stamp))) {
    return native('ready', stamp.tensorflow, 'proved before');
  }
  const existing = await proveNative(tfjsNode.folder).catch(() => undefined);
  if (existing) {
    if (!check) await writeStamp(tfjsNode.folder, existing.tensorflow, 'found here');
    return native('ready', existing.tensorflow, 'found here and proved');
  }
  const remembered = retry ? undefined : await rememberedFailure();
  if (check) {
    return remembered
      ? { state: 'fallback', engine: 'wasm', detail: `wasm, because ${remembered}` }
      : { state: 'missing', engine: 'wasm', detail: 'native engine not installed' };
  }
  if (remembered)
    return wasm(`${remembered} (tried less than a day ago; npm run setup -- --retry tries again)`);

  const cache = await writableCache(env);
  const lock = join(cache, 'engine.lock');
  const onWait = () => say('another set-up of this user is getting the engine; waiting for it');
  const outcome = await withLock(lock, () => obtain({ env, cache, tfjsNode, say }), { onWait });
  if (outcome.tensorflow) {
    await forgetFailure();
    return native('done', outcome.tensorflow, outcome.how);
  }
  await rememberFailure(outcome.reason);
  return wasm(outcome.reason);
}

/** The user's cache; without a writable home (some containers) the checkout keeps the engine for itself. */
async function writableCache(env) {
  const folders = [cacheFolder(env), join(ROOT, 'node_modules', '.cache', 'gridsearch')];
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
      return folder;
    } catch {
      // next
    }
  }
  throw new SetupError(`nothing can be written to ${folders.join(' or ')}`);
}

/** Cache, then each way; the first whose engine passes the proof. */
async function obtain({ env, cache, tfjsNode, say }) {
  await clearHalfMade(cache, tfjsNode.folder);
  const cached = await cachedEngine(cache, tfjsNode.version);
  if (cached) {
    try {
      return await useEngine(cached, tfjsNode, `${cached.how}, from the cache`);
    } catch (error) {
      say(`the cached engine does not work here (${error.message}); getting it anew`);
      await rm(cached.folder, { recursive: true, force: true });
    }
  }
  const reasons = [];
  const packages = await systemPackages(env);
  for (const way of [wheelWay, downloadWay]) {
    try {
      const built = await way({ env, cache, tfjsNode, packages, say });
      const kept = await keepEngine(built, cache, tfjsNode.version);
      try {
        return await useEngine(kept, tfjsNode, kept.how);
      } catch (error) {
        await rm(kept.folder, { recursive: true, force: true });
        throw error;
      }
    } catch (error) {
      reasons.push(`${way.title}: ${error.message}`);
      say(`${way.title} did not work: ${error.message}`);
    }
  }
  return { reason: `no native engine could be had: ${reasons.join('; ')}` };
}

async function useEngine(engine, tfjsNode, how) {
  await placeEngine(engine.folder, tfjsNode.folder);
  try {
    const proof = await proveNative(tfjsNode.folder);
    await writeStamp(tfjsNode.folder, proof.tensorflow, how);
    return { tensorflow: proof.tensorflow, how };
  } catch (error) {
    // A binding that crashes must not stay where the worker would find it.
    await rm(join(tfjsNode.folder, 'lib'), { recursive: true, force: true });
    throw error;
  }
}
