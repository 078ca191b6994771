/**
 * Compiles the kernels of `learning/engine/native/` with the compiler that is here, each instruction set in some two seconds. Without
 * one, TensorFlow's own kernels go on, slower: nothing here is fatal.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCompiler } from './compiler.mjs';
import { clearHalfMade } from './engine-files.mjs';
import { homeName, nativePackage, packageFrom } from './engine-home.mjs';
import {
  builtKernels,
  KERNEL_STAMP,
  kernelName,
  kernelSources,
  runnable,
  sourceDigest,
  variantsHere,
} from './kernel-home.mjs';
import { withLock } from './lock.mjs';
import { cacheFolders, firstWritable, setupCommand } from './paths.mjs';
import { run } from './run.mjs';

/** No contraction: what is fused is so by name, and therefore in every variant alike. NaN stays NaN. */
const FLAGS = ['-shared', '-fPIC', '-O3', '-std=c++17', '-ffp-contract=off', '-DNAPI_VERSION=8'];

const FASTER = 'LSTMs and Transformers train in twice the time or more without';

export async function kernelStep({ env, check, retry, say }) {
  if (env.GRIDSEARCH_ENGINE === 'wasm') return { state: 'ready', detail: 'none, wasm has its own' };
  const built = builtKernels(env);
  const compiler = findCompiler();
  const version = compiler && (await versionOf(compiler));
  const failed = built !== undefined && Object.keys(built.files).length === 0;
  const asBefore = built !== undefined && (!version || built.compiler === version) && !(failed && retry);
  if (asBefore || (built && check)) return ready('ready', built);
  if (kernelSources() === undefined) return without('their source is not here');
  if (variantsHere().length === 0) return without(`none is known for ${process.arch}`);
  // Not remembered: the next set-up may have more luck with it.
  if (nativePackage(env) === undefined) return without('the native engine is not here');
  if (!version) return without('no C++ compiler is here');
  if (check) return { state: 'missing', detail: 'not compiled' };
  const cache = firstWritable(cacheFolders(env));
  if (!cache) return without('nothing can be written to the cache');
  // The engine's lock: whoever holds it clears what killed set-ups left half made, and takes a folder under way for that.
  const onWait = () => say('another set-up of this user is at work in the cache; waiting for it');
  try {
    const lock = join(cache, 'engine.lock');
    const made = await withLock(lock, () => buildOnce(env, cache, compiler, version), { onWait });
    return ready('done', made);
  } catch (error) {
    if (built && !failed) return ready('ready', built);
    // Told from the stamp next time, rather than tried again by every command.
    await writeStamp(cache, sourceDigest(), { compiler: version, files: {} }).catch(() => {});
    return without(error.message);
  }
}

const without = (reason) => ({
  state: 'fallback',
  detail: `TensorFlow's own, because ${reason}; ${FASTER} ours`,
});

function ready(state, { compiler, files }) {
  const best = runnable().find(({ name }) => Object.hasOwn(files, name));
  if (!best)
    return without(`what ${compiler} compiled does not run here; ${setupCommand('--retry')} tries again`);
  return { state, detail: `${best.name}, ${compiler}` };
}

/** The first line of what a compiler says of itself. */
async function versionOf(compiler) {
  const output = await run(compiler, ['--version'], { seconds: 20 }).catch(() => '');
  return output.split('\n', 1)[0].trim() || undefined;
}

/** Another set-up may have done it while this one waited. Only for the holder of the cache's lock. */
async function buildOnce(env, cache, compiler, version) {
  const meanwhile = builtKernels(env);
  if (meanwhile?.compiler === version && Object.keys(meanwhile.files).length > 0) return meanwhile;
  await clearHalfMade(cache);
  return build(cache, compiler, version);
}

async function build(cache, compiler, version) {
  const headers = nodeApiHeaders(cache);
  const source = sourceDigest();
  const scratch = await mkdtemp(join(cache, 'building-'));
  try {
    const files = {};
    const names = variantsHere().map(({ name }) => name);
    await Promise.all(
      names.map(async (name) => {
        const options = [...FLAGS, `-march=${name}`, `-I${join(headers, 'include')}`];
        await run(
          compiler,
          [...options, join(kernelSources(), 'binding.cc'), '-o', join(scratch, `${name}.node`)],
          {
            seconds: 300,
          },
        );
      }),
    );
    const good = new Set(runnable().map(({ name }) => name));
    for (const name of names) {
      // What can't run here can't be proved here.
      if (good.has(name)) await prove(join(scratch, `${name}.node`));
      // A name of its own for each compiler: a library is never replaced under a process that has it open.
      files[name] = `${name}-${digest(version)}.node`;
    }
    const folder = join(cache, kernelName(source));
    await mkdir(folder, { recursive: true });
    for (const name of names) await rename(join(scratch, `${name}.node`), join(folder, files[name]));
    await writeStamp(cache, source, { compiler: version, files });
    return { folder, compiler: version, files };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Whole, or as it was. */
async function writeStamp(cache, source, stamp) {
  const folder = join(cache, kernelName(source));
  await mkdir(folder, { recursive: true });
  const half = join(folder, `.${KERNEL_STAMP}-${process.pid}`);
  await writeFile(half, JSON.stringify(stamp));
  await rename(half, join(folder, KERNEL_STAMP));
}

/** Node-API's headers come with tfjs-node's home. */
function nodeApiHeaders(cache) {
  const from = [join(cache, homeName(), 'package.json'), join(nativePackage(), 'package.json')];
  const found = from.map((file) => packageFrom(file, 'node-api-headers')).find(Boolean);
  if (!found) throw new Error("Node-API's headers are not here, which come with the native engine");
  return found;
}

const PROOF = `
  const kernel = require(process.argv[1]);
  if (kernel.sumOfSquares(new Float32Array([3, 4])) !== 25) throw new Error('wrong sum of squares');
`;

/** In a child, because a bad binary crashes. */
const prove = (file) => run(process.execPath, ['-e', PROOF, file], { seconds: 60 });
