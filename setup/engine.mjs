/**
 * The engine that trains: native TensorFlow through `@tensorflow/tfjs-node`, else WebAssembly.
 *
 * npm fetches tfjs-node without its native half (`engine-home.mjs` says why). Ways to get it, in order:
 *
 * 1. It already loads, or an earlier set-up of this user left it in the cache.
 * 2. The library in TensorFlow's own Python wheel, and the binding compiled here against it (`engine-wheel.mjs`). First because
 *    it is TensorFlow 2.21 and comes from the Python package index, which networks that block other hosts still mirror.
 * 3. tfjs-node's own download (`engine-download.mjs`): one prebuilt archive without a compiler, but TensorFlow 2.9 from 2022,
 *    from a storage host that many networks, CI's too, don't reach.
 * 4. The wasm engine: always works, trains several times slower.
 *
 * No failure here is fatal. Whatever a way produces is proved in a process of its own before it is used.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadWay } from './engine-download.mjs';
import { forgetFailure, rememberedFailure, rememberFailure } from './engine-failure.mjs';
import { fetchHome } from './engine-fetch.mjs';
import {
  cachedEngine,
  clearHalfMade,
  keepEngine,
  placeEngine,
  readStamp,
  stampFits,
  writeStamp,
} from './engine-files.mjs';
import { nativePackage, nativeVersion } from './engine-home.mjs';
import { proveNative, proveWasm } from './engine-proof.mjs';
import { wheelWay } from './engine-wheel.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, cacheFolders, firstWritable, ROOT, setupCommand } from './paths.mjs';
import { systemPackages } from './system-packages.mjs';

const WASM_COST =
  'trains several times slower, same results to a tolerance; GRIDSEARCH_ENGINE=wasm silences this';

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

  // 1. Already there. The stamp says that these very files passed the proof under this Node.
  const there = nativePackage(env);
  if (there) {
    const stamp = await readStamp(there);
    if (stamp && (await stampFits(there, stamp))) return native('ready', stamp.tensorflow, 'proved before');
    const existing = await proveNative(there).catch(() => undefined);
    if (existing) {
      // It may be another user's folder, or a package manager's; then it is proved again next time.
      if (!check) await writeStamp(there, existing.tensorflow, 'found here').catch(() => {});
      return native('ready', existing.tensorflow, 'found here and proved');
    }
  }
  const remembered = retry ? undefined : await rememberedFailure(env);
  if (check) {
    return remembered
      ? { state: 'fallback', engine: 'wasm', detail: `wasm, because ${remembered}` }
      : { state: 'missing', engine: 'wasm', detail: 'native engine not installed' };
  }
  if (remembered)
    return wasm(`${remembered} (tried less than a day ago; ${setupCommand('--retry')} tries again)`);

  const cache = firstWritable(cacheFolders(env));
  if (!cache) {
    return wasm(`nothing can be written to ${cacheFolder(env)}; XDG_CACHE_HOME=FOLDER names another place`);
  }
  const lock = join(cache, 'engine.lock');
  const onWait = () => say('another set-up of this user is getting the engine; waiting for it');
  const outcome = await withLock(lock, () => obtain({ env, cache, broken: there, say }), { onWait });
  if (outcome.tensorflow) {
    await forgetFailure(env);
    return native('done', outcome.tensorflow, outcome.how);
  }
  await rememberFailure(env, outcome.reason);
  return wasm(outcome.reason);
}

/** Cache, then each way; the first whose engine passes the proof. */
async function obtain({ env, cache, broken, say }) {
  // Whoever held the lock before us may have done it; placing it again would pull it from under running workers.
  const meanwhile = nativePackage(env);
  const stamp = meanwhile && meanwhile !== broken ? await readStamp(meanwhile) : undefined;
  if (stamp) return { tensorflow: stamp.tensorflow, how: stamp.how };
  await clearHalfMade(cache);
  let home;
  try {
    home = await fetchHome({ cache, env, say });
  } catch (error) {
    return { reason: `npm could not fetch @tensorflow/tfjs-node: ${error.message}` };
  }
  await clearHalfMade(cache, home.tfjsNode);
  const version = nativeVersion();
  const cached = await cachedEngine(cache, version);
  if (cached) {
    try {
      return await useEngine(cached, home.tfjsNode, `${cached.how}, from the cache`);
    } catch (error) {
      say(`the cached engine does not work here (${error.message}); getting it anew`);
      await rm(cached.folder, { recursive: true, force: true });
    }
  }
  const reasons = [];
  const packages = await systemPackages(env);
  for (const way of [wheelWay, downloadWay]) {
    try {
      const built = await way({ env, cache, home, packages, say });
      const kept = await keepEngine(built, cache, version);
      try {
        return await useEngine(kept, home.tfjsNode, kept.how);
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
  await placeEngine(engine.folder, tfjsNode);
  try {
    const proof = await proveNative(tfjsNode);
    await writeStamp(tfjsNode, proof.tensorflow, how);
    return { tensorflow: proof.tensorflow, how };
  } catch (error) {
    // A binding that crashes must not stay where the worker would find it.
    await rm(join(tfjsNode, 'lib'), { recursive: true, force: true });
    throw error;
  }
}
