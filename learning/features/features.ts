/**
 * The contract of features: what a model reads of a text, in batches. A model kind names the features it reads; training,
 * packages and searches know nothing else of them. Importing features must not load TensorFlow: `orchestrator/space`
 * reads their parameters.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Examples, RowBatch } from '../batches/index.js';
import type { Dataset, Fold } from '../data/index.js';
import type { Engine } from '../engine/index.js';
import type { Parameters, ParameterValue, ParameterValues } from './parameters.js';

/** Turns texts into examples. Blocks the thread while it computes. */
export interface Encoder<Batch extends RowBatch = RowBatch> {
  encode(texts: readonly string[]): Examples<Batch>;
}

/** Features of a dataset. */
export interface Fitted<Batch extends RowBatch = RowBatch, Input = unknown> extends Encoder<Batch> {
  /** What a network must know of its input to be built. */
  readonly input: Input;
  /** What it holds in memory, about. */
  readonly bytes: number;
  /** What is worth knowing of the fit, logged with the fold's metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** @param rows - Of the dataset. */
  examples(rows: Int32Array): Examples<Batch>;
  /** What a package needs to encode as this does, by path. Such a file takes the place of one that packages have anyway. */
  files(): FeatureFiles | Promise<FeatureFiles>;
}

export type FeatureFiles = Readonly<Record<string, string | Uint8Array>>;

/** Features of a package. */
export interface Loaded<Batch extends RowBatch = RowBatch, Input = unknown> extends Encoder<Batch> {
  /** Whether anything of each text is known; absent where every text is. */
  knows?(texts: readonly string[]): boolean[];
  /** Why these weights can't belong to the package's files; undefined when they may. */
  misfit(weights: readonly WeightShape[]): string | undefined;
  /**
   * What a network of these weights was built for; undefined when its parameters ask for another. Asked before a network is
   * built: files from elsewhere must not decide how much memory that takes.
   */
  inputOf(weights: readonly WeightShape[], parameters: Parameters): Input | undefined;
  /** Frees what the engine holds; absent where it holds nothing. */
  dispose?(): void;
}

export interface WeightShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A package's folder. Its files are data from elsewhere; whatever is wrong with one is an Error that names it. */
export interface PackageFiles {
  readonly dir: string;
  json<Schema extends z.ZodType>(name: string, schema: Schema, maxBytes: number): Promise<z.output<Schema>>;
  bytes(name: string, maxBytes: number): Promise<Uint8Array>;
}

/** What fitting may use. */
export interface FitContext {
  readonly engine: Engine;
  /** For what can be computed again; created by whoever first needs it. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
  /** Gets a line when something large is fetched. */
  readonly say?: (line: string) => void;
}

interface Common<Batch extends RowBatch, Input> {
  readonly name: string;
  /** Each with its zod type, range, default and `.describe()`. Flat; numbers, booleans and strings only. */
  readonly parameters: z.ZodObject;
  /** Those of them that a fit depends on; the others are for the network. */
  readonly fitParameters: z.ZodObject;
  /**
   * What a value of a parameter is to workers, once what it names is there: told and fetched before anything is queued.
   *
   * @throws Error in one line when it can't be had
   */
  resolve?(parameter: string, value: ParameterValue, say: (line: string) => void): Promise<ParameterValue>;
  /** What a person should know before models read these rows so: one line each. */
  warnings?(dataset: Pick<Dataset, 'texts'>, fold: Fold, values: ParameterValues): string[];
  /** What a package of it needs from the registries besides what all need: requirements of pip, and of npm by name. */
  readonly packageNeeds?: {
    readonly pip: readonly string[];
    readonly npm: Readonly<Record<string, string>>;
  };
  /** The files by which a package of it is known. */
  readonly packageFiles: readonly string[];
  load(files: PackageFiles, engine: Engine): Promise<Loaded<Batch, Input>>;
  /** A batch as the input of the kind's portable model. */
  toTensor(engine: Engine, batch: Batch): Tensor;
}

/** Fitted on the training rows of each fold, and on no other: else what a model is tested on leaks into it. */
export interface FoldFeatures<Batch extends RowBatch = RowBatch, Input = unknown>
  extends Common<Batch, Input> {
  readonly per: 'fold';
  fit(
    dataset: Dataset,
    trainingRows: Int32Array,
    parameters: Parameters,
    context: FitContext,
  ): Fitted<Batch, Input> | Promise<Fitted<Batch, Input>>;
}

/** Computed once for all folds, each text for itself: nothing is learned, and labels are not seen. */
export interface DatasetFeatures<Batch extends RowBatch = RowBatch, Input = unknown>
  extends Common<Batch, Input> {
  readonly per: 'dataset';
  compute(
    dataset: Pick<Dataset, 'digest' | 'texts' | 'classes'>,
    parameters: Parameters,
    context: FitContext,
  ): Fitted<Batch, Input> | Promise<Fitted<Batch, Input>>;
}

export type Features<Batch extends RowBatch = RowBatch, Input = unknown> =
  | FoldFeatures<Batch, Input>
  | DatasetFeatures<Batch, Input>;
