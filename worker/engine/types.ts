/** The engine: one loaded TensorFlow.js with one backend. */
import type * as tfjs from '@tensorflow/tfjs';

export interface Engine {
  /** Tag `gridsearch.engine` of every run: `tfjs-node` (native) or `wasm`. */
  readonly name: 'tfjs-node' | 'wasm';
  /** Versions, for tags: for example `tfjs 4.22.0, TensorFlow 2.21.0`. */
  readonly version: string;
  /** TensorFlow threads in this process. */
  readonly threads: number;
  readonly tf: typeof tfjs;
}
