/** The encoder: from a batch of token ids to one vector a text, and back to the gradients of the trained weights. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Engine, Gradient } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import type { EncoderWeights } from '../checkpoint/weights.js';
import type { PieceBatch } from '../tokens/batches.js';
import { maskDrawer } from './dropout.js';
import { addEmbeddings, embeddingGradients } from './embeddings.js';
import { dropped, layer } from './layer.js';
import { layerNorm, type Step, type Tape, tape } from './operations.js';
import { type PoolingName, poolings } from './pooling.js';
import { arraysOf, type EncoderArray, engineCopies, firstOfLayer, layerPairs } from './weights.js';

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
   * Gradients by each trained array, in their order; call exactly once, and only of a training pass: it frees what the
   * pass kept.
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
  const { tf } = engine;
  const { hidden, heads } = config;
  const arrays = arraysOf(weights, config);
  const copies = engineCopies(engine, arrays);
  const lowest = lowestTrained(fineTune, config.layers);
  const firstTrained = lowest < 0 ? 0 : firstOfLayer(lowest);

  const forward = (batch: PieceBatch, dropout?: Random): EncoderPass => {
    const steps: Step[] = [];
    const kept = tape(tf, dropout !== undefined);
    const discard = tape(tf, false);
    const partOf = (trained: boolean) => {
      const recording = trained && dropout !== undefined;
      return {
        tape: recording ? kept : discard,
        drawMask: maskDrawer(engine, recording ? dropout : undefined),
      };
    };
    const shape = { rows: batch.rows, steps: batch.steps, heads, depth: hidden / heads };
    const padding = paddingOf(engine, batch);
    let x = tf.tidy(() => embed(partOf(lowest < 0)));
    for (let k = 0; k < config.layers; k++) {
      const { tape: own, drawMask } = partOf(k >= lowest);
      const below = x;
      x = tf.tidy(() =>
        note(
          k >= lowest,
          layer(engine, own, below, layerPairs(copies.tensors, k), shape, config, padding, drawMask),
        ),
      );
      // Kept by the tape, if the way back reads it.
      if (!isKept(below)) below.dispose();
    }
    const states = x.dataSync<'float32'>();
    if (!isKept(x)) x.dispose();
    padding?.dispose();

    function embed({
      tape: own,
      drawMask,
    }: {
      tape: Tape;
      drawMask: ReturnType<typeof maskDrawer>;
    }): Tensor2D {
      const sums = tf.tensor2d(addEmbeddings(weights.embeddings, config, batch), [
        batch.rows * batch.steps,
        hidden,
      ]);
      const norm = { weight: copies.tensors[3]!, bias: copies.tensors[4]! };
      const normal = layerNorm(engine, own, sums, norm, config.layerNormEpsilon);
      const drop = dropped(engine, own, normal.y, drawMask, config.hiddenDropout);
      return note(lowest < 0, {
        y: drop.y,
        backward: (dy) => normal.backward(drop.backward(dy).dx),
      });
    }

    function note(trained: boolean, step: Step): Tensor2D {
      if (trained && dropout) steps.push(step);
      return step.y;
    }

    return {
      pooled: poolings[pooling].pool(states, batch, hidden),
      backward(dPooled) {
        const spread = poolings[pooling].spread(dPooled, batch, hidden);
        const gradients: Gradient[] = [];
        let dy = tf.tensor2d(spread, [batch.rows * batch.steps, hidden]);
        for (const step of steps.toReversed()) {
          const above = dy;
          const { dx, weights: own } = tf.tidy(() => step.backward(above));
          above.dispose();
          gradients.unshift(...own.map((tensor) => ({ values: tensor.dataSync<'float32'>() })));
          tf.dispose(own);
          dy = dx;
        }
        if (lowest < 0) gradients.unshift(...embeddingGradients(dy.dataSync<'float32'>(), config, batch));
        dy.dispose();
        kept.dispose();
        return gradients;
      },
    };
  };

  return {
    arrays,
    trained: fineTune === 'head' ? [] : arrays.slice(firstTrained),
    forward,
    refresh: () => copies.refresh(firstTrained),
    dispose: copies.dispose,
  };
}

/** tf.keep marks a tensor so; its type doesn't tell. */
const isKept = (tensor: Tensor2D): boolean => 'kept' in tensor && tensor.kept === true;

/** The lowest layer that is trained: −1 for the embeddings, the number of layers for none. */
function lowestTrained(fineTune: FineTune, layers: number): number {
  if (fineTune === 'all') return -1;
  return fineTune === 'head' ? layers : Math.max(0, layers - fineTune.last);
}

/** Far below every score; as PyTorch has it, finite, so that no row becomes NaN. */
const MASKED = -3.4e38;

/** `[rows, 1, 1, steps]`; undefined when no row is padded. */
export function paddingOf({ tf }: Engine, { lengths, rows, steps }: PieceBatch): Tensor4D | undefined {
  if (lengths.every((length) => length === steps)) return undefined;
  const values = new Float32Array(rows * steps);
  for (let r = 0; r < rows; r++) values.fill(MASKED, r * steps + lengths[r]!, (r + 1) * steps);
  return tf.tensor4d(values, [rows, 1, 1, steps]);
}
