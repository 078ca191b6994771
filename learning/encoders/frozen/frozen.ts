/** The contract of encoders that stay as they are: texts become vectors, and nothing is learned. */
import type { Engine } from '../../engine/index.js';
import type { PoolingName } from '../network/pooling.js';
import type { PieceBatch } from '../tokens/batches.js';
import type { TextTokenizer } from '../tokens/tokenizer.js';

export interface FrozenEncoder {
  /** Numbers of a vector. */
  readonly columns: number;
  readonly tokenizer: TextTokenizer;
  /** @returns `[rows, columns]` */
  vectors(batch: PieceBatch, pooling: PoolingName): Float32Array;
  dispose(): void;
}

/** What can be told of an encoder without its weights: cheap, for checks before anything is queued. */
export interface FrozenFacts {
  readonly columns: number;
  /** Most tokens of a text, special ones included. */
  readonly longest: number;
}

/** How checkpoints of a kind are read. */
export interface FrozenForm {
  /** @throws CheckpointError when the configuration is missing, not sound or not supported */
  facts(folder: string): FrozenFacts;
  /** @throws CheckpointError when any file of the checkpoint is missing, not sound, or doesn't fit the others */
  open(engine: Engine, folder: string): FrozenEncoder;
}
