/** What an encoder is between its embeddings' sums and its tokens' vectors, whichever engine computes it. */
import type { Gradient } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import type { PieceBatch } from '../tokens/batches.js';
import type { Layout } from './layout.js';

export interface StackPass {
  /** `[tokens, hidden]` */
  readonly states: Float32Array;
  /**
   * Call at most once, and only of a training pass.
   *
   * @param dStates - May be overwritten.
   */
  backward(dStates: Float32Array): {
    /** By each trained array but the embeddings' tables, in their order; good until the next way back. */
    readonly gradients: Gradient[];
    /** By the sums of the embeddings, when those are trained. */
    readonly dSums?: Float32Array;
  };
}

export interface LayerStack {
  layout(batch: PieceBatch): Layout;
  /**
   * @param sums - `[tokens, hidden]`; may be overwritten.
   * @param dropout - Makes it a training pass.
   */
  forward(sums: Float32Array, batch: PieceBatch, layout: Layout, dropout?: Random): StackPass;
  /** Makes changed weights count. */
  refresh(): void;
  dispose(): void;
}

/** The lowest layer that is trained: −1 for the embeddings, the number of layers for none. */
export type Lowest = number;
