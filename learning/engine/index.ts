/** Loads TensorFlow.js once per process, on the fastest backend that this machine has. */
import { loadKernel } from './kernel.js';
import { loadNative } from './native.js';
import { ENGINES, type Engine } from './types.js';
import { loadWasm } from './wasm.js';

export { type Adam, adam, type Gradient } from './adam.js';
export { glorotUniform, orthogonal, uniform } from './initializers.js';
export {
  engineHere,
  engineText,
  engineToCome,
  nativeInstalled,
  slowEngineNotice,
} from './installed.js';
export { type Kernel, kernelProblem, loadKernel } from './kernel.js';
export { reusedFloats } from './memory.js';
export {
  ENGINES,
  type Engine,
  type LayersApi,
  type LstmGradients,
  type LstmKernel,
  type LstmOptions,
  type LstmPass,
  type LstmShape,
  type LstmWeights,
} from './types.js';

let loaded: Promise<Engine> | undefined;

/**
 * The engine of this process: native TensorFlow if it loads, else WebAssembly, which trains several times slower.
 * `GRIDSEARCH_ENGINE` forces one; a forced engine that does not load is an error, not a fallback. Later calls return the engine
 * of the first. `GRIDSEARCH_KERNEL` does the same for the kernels of the native engine.
 *
 * @param prefer - Which to try first; `GRIDSEARCH_ENGINE` overrules it.
 * @throws Error when the forced engine, or every engine, fails to load; the message says why.
 */
export function loadEngine(prefer: Engine['name'] = 'tfjs-node'): Promise<Engine> {
  loaded ??= load(prefer);
  return loaded;
}

async function load(prefer: Engine['name']): Promise<Engine> {
  const forced = process.env.GRIDSEARCH_ENGINE;
  if (forced !== undefined && forced !== '' && !ENGINES.some((name) => name === forced)) {
    throw new Error(`GRIDSEARCH_ENGINE is "${forced}"; the engines are ${ENGINES.join(' and ')}.`);
  }
  if ((forced || prefer) === 'wasm') return loadWasm();
  // Outside: what is asked for by name and can't be had is an error, whichever engine would do instead.
  const kernel = loadKernel();
  try {
    const engine = loadNative(kernel);
    // Asked for by name, it must be known to load.
    if (forced) void engine.tf;
    return engine;
  } catch (error) {
    if (forced) {
      throw new Error(`GRIDSEARCH_ENGINE asks for ${forced}, which does not load: ${firstLine(error)}`, {
        cause: error,
      });
    }
    return loadWasm();
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
