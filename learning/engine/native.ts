/** The native engine: TensorFlow's C library through `@tensorflow/tfjs-node`, from where set-up has put it. */

import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';
import { nativePackage } from '#engine-home';
import { blockLstm } from './block-lstm.js';
import type { Kernel } from './kernel.js';
import { kernelLstm } from './kernel-lstm.js';
import { threadCount } from './threads.js';
import type { Engine } from './types.js';

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
  // `require`, since the package is CommonJS and must not be looked for at import time.
  const tf = createRequire(import.meta.url)(folder) as typeof tfjs & {
    version: { tfjs: string };
  };
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
    lstm: kernel ? kernelLstm(kernel) : blockLstm(tf),
    ...(kernel && { kernel }),
  };
}
