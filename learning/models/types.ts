/** The contract of a model kind. Importing a kind must not load TensorFlow: `orchestrator/space` reads these too. */
import type { LayersModel } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Engine, Gradient } from '../engine/index.js';
import type { Features, Parameters, RowBatch } from '../features/index.js';
import type { Random } from '../random/index.js';

/** What a model is built for. */
export interface ModelShape<Input = unknown> {
  /** What the features say of themselves. */
  readonly input: Input;
  readonly classes: number;
  /** Seed of initial weights and dropout. */
  readonly seed: number;
}

/** One weight array, row-major. Its name is that of the portable model's layer and weight: `embedding/embeddings`. */
export interface NamedWeights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** One batch's way through a network. */
export interface NetworkPass {
  /** Before sigmoid or softmax: `[rows, outputs]`, 1 output for two classes, else one per class. */
  readonly logits: Float32Array;
  /**
   * Gradients by each of the network's `trainable` arrays, in their order; call exactly once, on training passes only.
   *
   * @param logitGradient - `[rows, outputs]`
   */
  backward(logitGradient: Float32Array): Gradient[];
}

/** A model under training: plain arrays, and the two passes written out by hand for its architecture. */
export interface Network<Batch extends RowBatch = RowBatch> {
  /** The arrays that an optimizer changes in place. */
  readonly trainable: readonly Float32Array[];
  /** The same numbers as views, named and shaped as the portable model holds them. */
  readonly weights: readonly NamedWeights[];
  /** Rows that a pass over the batch reads, of each array whose gradients have rows; absent when none of them has. */
  rowsRead?(batch: Batch): Int32Array;
  /** @param dropout - Draws dropout masks and keeps what `backward` needs; without it the pass is a prediction. */
  forward(batch: Batch, dropout?: Random): NetworkPass;
}

/** What is trained on features: a network for training, and the same model in layers that others can load. */
export interface ModelKind<Batch extends RowBatch = RowBatch, Input = unknown> {
  readonly name: string;
  /** One sentence for `--help` and the schema's documentation. */
  readonly description: string;
  /** What it reads of a text. */
  readonly features: Features<Batch, Input>;
  /** The kind's own parameters: each its zod type with range, default and `.describe()`. Flat; numbers, booleans and strings only. */
  readonly parameters: z.ZodObject;
  /** About how long one row takes for one epoch, in µs on one core: for estimates, which correct it by what they see. */
  rowCost(parameters: Parameters): number;
  /** How many numbers a model holds, with a full vocabulary and two classes: known before it is trained. */
  size(parameters: Parameters): number;
  /**
   * The portable model: standard layers only, weights not yet set. Its input is what the features make of a batch by
   * `toTensor`; output `[batch, 1]` sigmoid for two classes, `[batch, classes]` softmax for more.
   */
  build(engine: Engine, shape: ModelShape<Input>, parameters: Parameters): LayersModel;
  /** The same model for training and fast prediction, its initial weights drawn from the seed. */
  network(engine: Engine, shape: ModelShape<Input>, parameters: Parameters): Network<Batch>;
}

/** Columns of the output layer. */
export const outputs = (classes: number): number => (classes === 2 ? 1 : classes);
