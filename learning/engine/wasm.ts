/** The portable engine: TensorFlow.js on its WebAssembly backend (SIMD, one thread: the backend has no threads under Node). */

import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs';
import { stepwiseLstm } from './stepwise-lstm.js';
import type { Engine } from './types.js';
import { registerUnsortedSegmentSum } from './unsorted-segment-sum.js';

/** @throws Error when the WebAssembly module does not start. */
export async function loadWasm(): Promise<Engine> {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs') as typeof tfjs & { version: { tfjs: string } };
  const wasm = require('@tensorflow/tfjs-backend-wasm') as {
    setWasmPaths(folder: string): void;
    version_wasm: string;
  };
  // A folder on disk: nothing is fetched.
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  registerUnsortedSegmentSum(tf);
  if (!(await tf.setBackend('wasm'))) {
    throw new Error('The WebAssembly backend of TensorFlow.js did not start on this machine.');
  }
  return {
    name: 'wasm',
    version: `tfjs ${tf.version.tfjs}, wasm ${wasm.version_wasm}`,
    threads: 1,
    tf,
    layers: tf,
    lstm: stepwiseLstm(tf),
  };
}
