/** The engine: one loaded TensorFlow.js with one backend, and the recurrent kernel that training spends its time in. */
import type * as tfjs from '@tensorflow/tfjs';
import type { Kernel } from './kernel.js';

/** By name: native TensorFlow, and WebAssembly. */
export const ENGINES = ['tfjs-node', 'wasm'] as const;

export interface Engine {
  /** Tag `gridsearch.engine` of every run. */
  readonly name: (typeof ENGINES)[number];
  /** Versions, for tags: for example `tfjs 4.22.0, TensorFlow 2.21.0`. */
  readonly version: string;
  /** TensorFlow threads in this process. */
  readonly threads: number;
  /** With the backend that computes; loaded at the first use where kernels do most of it. */
  readonly tf: typeof tfjs;
  /** For portable models, which are built here and not run: any backend will do. */
  readonly layers: LayersApi;
  /** One LSTM layer over one batch; which kernel answers depends on the engine, what it computes does not. */
  readonly lstm: LstmKernel;
  /** Our compiled kernels, where set-up could make them; they hold no tensors. */
  readonly kernel?: Kernel;
}

/** What portable models are built with. */
export type LayersApi = Pick<
  typeof tfjs,
  'dispose' | 'input' | 'layers' | 'model' | 'sequential' | 'tensor' | 'version_layers'
>;

/** Weights of one LSTM layer. Gates lie side by side in Keras's order: input, forget, candidate, output. */
export interface LstmWeights {
  /** `[inputs + units, 4 × units]`: the kernel's rows, then the recurrent kernel's. One array, so that either half is a view. */
  readonly matrix: Float32Array;
  /** `[4 × units]` */
  readonly bias: Float32Array;
}

/** Sizes of one call: `rows` sequences side by side, each of `steps` time steps. */
export interface LstmShape {
  readonly steps: number;
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
}

export interface LstmOptions {
  /** Keep what {@link LstmPass.backward} needs. Without it nothing outlives the call. */
  readonly training: boolean;
  /** Recurrent dropout: `[rows, units]`, multiplied into the hidden state before it feeds the gates; the same at every step. */
  readonly recurrentMask?: Float32Array;
}

export interface LstmGradients {
  /** `[steps, rows, inputs]`; valid until the next pass. */
  readonly input: Float32Array;
  /** `[inputs + units, 4 × units]`; valid until the next pass. */
  readonly matrix: Float32Array;
  /** `[4 × units]` */
  readonly bias: Float32Array;
}

export interface LstmPass {
  /**
   * Hidden state after every step, `[steps, rows, units]`; valid until the next pass, or of a training pass until one that comes
   * after its `backward`.
   */
  readonly hidden: Float32Array;
  /**
   * Gradients of a loss whose gradient by `hidden` is given; call exactly once, it frees what the forward pass kept.
   *
   * @param hiddenGradient - `[steps, rows, units]`
   * @throws Error when the pass was made without `training`.
   */
  backward(hiddenGradient: Float32Array): LstmGradients;
}

/**
 * Runs one LSTM layer, from a zero state, over time-major input `[steps, rows, inputs]`.
 *
 * Padding needs no mask here: rows are padded at their end, later steps never reach earlier ones, and a caller who takes
 * no output from a padded step sends no gradient into it.
 */
export type LstmKernel = (
  input: Float32Array,
  weights: LstmWeights,
  shape: LstmShape,
  options: LstmOptions,
) => LstmPass;
