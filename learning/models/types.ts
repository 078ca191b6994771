/** The contract of a model kind. Importing a kind must not load TensorFlow: `orchestrator/space` reads these too. */
import type { LayersModel } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Engine, Gradient } from '../engine/index.js';
import type { Examples, FeatureFiles, Features, Parameters, RowBatch } from '../features/index.js';
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

/** What a batch comes to. */
export interface Scores {
  /** Before sigmoid or softmax: `[rows, outputs]`, 1 output for two classes, else one per class. */
  readonly logits: Float32Array;
}

/** A model that predicts. */
export interface ScoringNetwork<Batch extends RowBatch = RowBatch> {
  /** Views of its numbers, named and shaped as the portable model holds them. */
  readonly weights: readonly NamedWeights[];
  forward(batch: Batch): Scores;
  /** Rows of one pass that predicts, where fewer than usual take less memory or time. */
  readonly predictionBatch?: number;
  /** What a package of it needs beside the portable model and the features' files, by path. */
  files?(): FeatureFiles;
  /** Frees what the engine holds; absent where it holds nothing. */
  dispose?(): void;
}

/** One batch's way through a network. */
export interface NetworkPass extends Scores {
  /**
   * Gradients by each of the network's `trainable` arrays, in their order; call exactly once, on training passes only, and before the
   * next `forward`. They are valid until then.
   *
   * @param logitGradient - `[rows, outputs]`
   */
  backward(logitGradient: Float32Array): Gradient[];
}

/** A model under training: plain arrays, and the two passes written out by hand for its architecture. */
export interface Network<Batch extends RowBatch = RowBatch> extends ScoringNetwork<Batch> {
  /** The arrays that an optimizer changes in place. */
  readonly trainable: readonly Float32Array[];
  /** Rows that a pass over the batch reads, of each array whose gradients have rows; absent when none of them has. */
  rowsRead?(batch: Batch): Int32Array;
  /** @param dropout - Draws dropout masks and keeps what `backward` needs; without it the pass is a prediction. */
  forward(batch: Batch, dropout?: Random): NetworkPass;
  /** Makes changed arrays count; absent where passes read the arrays themselves. */
  refresh?(): void;
  /**
   * What changes the arrays.
   *
   * @param steps - In all epochs together, without early stopping.
   * @defaultValue Adam at `learning_rate`
   */
  optimizer?(steps: number): Optimizer;
}

/** Changes a network's arrays, step by step. */
export interface Optimizer {
  /** @param gradients - One for each trainable array, in their order. */
  step(gradients: readonly Gradient[]): void;
  /** Brings rows that a pass is about to read up to date, of arrays whose gradients have rows. */
  catchUp(rows: Int32Array): void;
  /** Brings all rows up to date, before anything else reads them. */
  catchUpAll(): void;
}

/** Rows with their classes. */
export interface LabelledExamples<Batch extends RowBatch = RowBatch> {
  readonly examples: Examples<Batch>;
  /** Class of each row, from 0. */
  readonly labels: Int32Array;
}

/** How weights were found that are computed from all rows at once. */
export interface Solution {
  readonly converged: boolean;
  readonly iterations: number;
}

interface Common<Batch extends RowBatch, Input> {
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
  /** What its packages are read as, where that is not this kind on its own features. */
  packaged?(parameters: Parameters): { readonly kind: ModelKind; readonly parameters: Parameters };
}

/** Trained in epochs of steps along gradients. */
export interface SteppedKind<Batch extends RowBatch = RowBatch, Input = unknown>
  extends Common<Batch, Input> {
  /** How it is trained: {@link TRAINING_PARAMETERS} with defaults that suit it, and perhaps more. */
  readonly training: z.ZodObject;
  /** The same model for training and fast prediction, its initial weights drawn from the seed. */
  network(engine: Engine, shape: ModelShape<Input>, parameters: Parameters): Network<Batch>;
}

/** Whose weights are computed from all training rows at once: no epochs, no seed, nothing to stop early. */
export interface SolvedKind<Batch extends RowBatch = RowBatch, Input = unknown> extends Common<Batch, Input> {
  network(engine: Engine, shape: ModelShape<Input>, parameters: Parameters): ScoringNetwork<Batch>;
  /** Sets the network's weights in place. Blocks the thread; deterministic. */
  solve(
    network: ScoringNetwork<Batch>,
    train: LabelledExamples<Batch>,
    classes: number,
    parameters: Parameters,
  ): Solution;
}

/** What is trained on features: a network for training, and the same model in layers that others can load. */
export type ModelKind<Batch extends RowBatch = RowBatch, Input = unknown> =
  | SteppedKind<Batch, Input>
  | SolvedKind<Batch, Input>;

/** How a kind is trained. */
export const trainingOf = (kind: ModelKind): z.ZodObject | undefined =>
  'training' in kind ? kind.training : undefined;

/** Columns of the output layer. */
export const outputs = (classes: number): number => (classes === 2 ? 1 : classes);
