/** The native engine: TensorFlow's C library through `@tensorflow/tfjs-node`, from where set-up has put it. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs';
import { nativePackage, SETUP_COMMAND } from '#engine-home';
import { blockLstm } from './block-lstm.js';
import { nativeVersions } from './installed.js';
import type { Kernel } from './kernel.js';
import { kernelLstm } from './kernel-lstm.js';
import { threadCount } from './threads.js';
import type { Engine, LayersApi } from './types.js';

type Tensorflow = typeof tfjs & { version: { tfjs: string } };

/**
 * @throws Error when the package or its native library is missing or does not load on this machine.
 */
export function loadNative(kernel: Kernel | undefined): Engine {
  const threads = threadCount();
  // TensorFlow reads these once, when its library starts; eager ops run on the intra-op pool. Whatever was inherited gives
  // way: results may not depend on it, nor may a machine full of workers.
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = '1';
  process.env.OMP_NUM_THREADS = String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // oneDNN would announce itself on standard error, and the kernels used here run on Eigen.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  const folder = nativePackage();
  if (folder === undefined) throw new Error('@tensorflow/tfjs-node is not set up on this machine');
  const versions = kernel && nativeVersions(folder);
  return kernel && versions
    ? byKernel(kernel, folder, `${versions}, ${kernel.version}`, threads)
    : byTensorflow(kernel, folder, threads);
}

// `require`, since the package is CommonJS and must not be looked for at import time.
const load = (folder: string) => createRequire(import.meta.url)(folder) as Tensorflow;

function byTensorflow(kernel: Kernel | undefined, folder: string, threads: number): Engine {
  const tf = load(folder);
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return {
    name: 'tfjs-node',
    version: [
      `tfjs ${tf.version.tfjs}`,
      `TensorFlow ${binding.TF_Version}`,
      ...(kernel ? [kernel.version] : []),
    ].join(', '),
    threads,
    tf,
    layers: tf,
    lstm: kernel ? kernelLstm(kernel) : blockLstm(tf),
    ...(kernel && { kernel }),
  };
}

/** Most of what trains by our kernels needs nothing of TensorFlow, which is half a second and 300 MB: it is loaded when somebody asks. */
function byKernel(kernel: Kernel, folder: string, version: string, threads: number): Engine {
  let native: Tensorflow | undefined;
  let plain: LayersApi | undefined;
  return {
    name: 'tfjs-node',
    version,
    threads,
    get tf() {
      try {
        native ??= load(folder);
      } catch (error) {
        const why = (error as Error).message.split('\n', 1)[0];
        throw new Error(
          `Native TensorFlow is set up here and does not load: ${why}. \`${SETUP_COMMAND}\` sets it up again, GRIDSEARCH_ENGINE=wasm does without.`,
          { cause: error },
        );
      }
      return native;
    },
    get layers() {
      plain ??= native ?? plainLayers(folder);
      return plain;
    },
    lstm: kernelLstm(kernel),
    kernel,
  };
}

/** The layers alone, with the backend that takes least to load. */
function plainLayers(folder: string): LayersApi {
  const own = createRequire(createRequire(join(folder, 'package.json')).resolve('@tensorflow/tfjs'));
  const core = own('@tensorflow/tfjs-core') as typeof tfjs;
  own('@tensorflow/tfjs-backend-cpu');
  // Else it prints that there is a faster backend.
  core.enableProdMode();
  const { input, layers, model, sequential, version_layers } = own('@tensorflow/tfjs-layers') as typeof tfjs;
  return { dispose: core.dispose, input, layers, model, sequential, tensor: core.tensor, version_layers };
}
