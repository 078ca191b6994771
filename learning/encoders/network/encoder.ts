/** The encoder: from a batch of token ids to one vector a text, and back to the gradients of the trained weights. */
import type { Engine, Gradient } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import type { EncoderWeights } from '../checkpoint/weights.js';
import type { PieceBatch } from '../tokens/batches.js';
import { addEmbeddings, embeddingGradients } from './embeddings.js';
import { kernelStack } from './kernel-stack.js';
import { type PoolingName, poolings } from './pooling.js';
import { tensorStack } from './tensor-stack.js';
import { arraysOf, type EncoderArray, firstOfLayer } from './weights.js';

/** Which weights are trained: none of the encoder's, those of its last layers, or all. */
export type FineTune = 'head' | 'all' | { readonly last: number };

export interface EncoderSettings {
  readonly pooling: PoolingName;
  readonly fineTune: FineTune;
}

export interface EncoderPass {
  /** `[rows, hidden]` */
  readonly pooled: Float32Array;
  /**
   * Gradients by each trained array, in their order, good until the next; call at most once, and only of a training pass: it
   * frees what the pass kept.
   *
   * @param dPooled - `[rows, hidden]`
   */
  backward(dPooled: Float32Array): Gradient[];
}

export interface EncoderNetwork {
  /** What an optimizer changes in place; {@link EncoderNetwork.refresh} after each change. */
  readonly trained: readonly EncoderArray[];
  /** All weights. */
  readonly arrays: readonly EncoderArray[];
  /**
   * @param dropout - Makes it a training pass: keeps what `backward` needs and draws masks in the trained part. What is
   *   frozen runs as in a prediction, so that a row's way through it is the same in every epoch.
   */
  forward(batch: PieceBatch, dropout?: Random): EncoderPass;
  /** Makes changed weights count. */
  refresh(): void;
  /** Frees the engine's memory. */
  dispose(): void;
}

/** @param weights - Changed in place by training; copy them to use them again. */
export function encoderNetwork(
  engine: Engine,
  weights: EncoderWeights,
  config: EncoderConfig,
  { pooling, fineTune }: EncoderSettings,
): EncoderNetwork {
  const { hidden } = config;
  const arrays = arraysOf(weights, config);
  const lowest = lowestTrained(fineTune, config.layers);
  const stack = engine.kernel
    ? kernelStack(engine.kernel, arrays, config, lowest)
    : tensorStack(engine, arrays, config, lowest);
  const { pool, spread } = poolings[pooling];

  return {
    arrays,
    trained: fineTune === 'head' ? [] : arrays.slice(lowest < 0 ? 0 : firstOfLayer(lowest)),
    forward(batch, dropout) {
      const layout = stack.layout(batch);
      const sums = addEmbeddings(weights.embeddings, config, batch, layout);
      const pass = stack.forward(sums, batch, layout, dropout);
      return {
        pooled: pool(pass.states, layout, hidden),
        backward(dPooled) {
          const { gradients, dSums } = pass.backward(spread(dPooled, layout, hidden));
          return dSums ? [...embeddingGradients(dSums, config, batch, layout), ...gradients] : gradients;
        },
      };
    },
    refresh: stack.refresh,
    dispose: stack.dispose,
  };
}

/** The lowest layer that is trained: −1 for the embeddings, the number of layers for none. */
function lowestTrained(fineTune: FineTune, layers: number): number {
  if (fineTune === 'all') return -1;
  return fineTune === 'head' ? layers : Math.max(0, layers - fineTune.last);
}
