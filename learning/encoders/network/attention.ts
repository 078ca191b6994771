/** Multi-head self-attention (Vaswani et al., 2017, https://arxiv.org/abs/1706.03762), with its gradient. */
import type { Tensor, Tensor2D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import type { Engine } from '../../engine/index.js';
import type { DrawMask } from './dropout.js';
import { productOf, type Step, type Tape } from './operations.js';

/** Sizes of a batch within the layers. */
export interface LayerShape {
  readonly rows: number;
  readonly steps: number;
  readonly heads: number;
  /** Width of one head. */
  readonly depth: number;
}

/**
 * From query, key and value side by side, `[tokens, 3 × hidden]`, to `[tokens, hidden]`.
 *
 * @param padding - Added to the scores: `[rows, 1, 1, steps]`, 0 or far below; undefined when no row is padded.
 */
export function attention(
  engine: Engine,
  tape: Tape,
  qkv: Tensor2D,
  { rows, steps, heads, depth }: LayerShape,
  padding: Tensor4D | undefined,
  drawMask: DrawMask,
  dropout: number,
): Step {
  const { tf } = engine;
  const product = productOf(engine);
  const hidden = heads * depth;
  const byHead: Tensor5D = tf.transpose(tf.reshape(qkv, [rows, steps, 3, heads, depth]), [2, 0, 3, 1, 4]);
  const part = (k: number): Tensor4D =>
    tf.reshape(tf.slice(byHead, [k, 0, 0, 0, 0], [1, rows, heads, steps, depth]), [
      rows,
      heads,
      steps,
      depth,
    ]);
  const scale = 1 / Math.sqrt(depth);
  const q = tape.keep(tf.mul<Tensor4D>(part(0), scale));
  const k = tape.keep(part(1));
  const v = tape.keep(part(2));
  const scores = product(q, k, false, true);
  const weights = tape.keep(tf.softmax(padding ? tf.add<Tensor4D>(scores, padding) : scores)); // [rows, heads, steps, steps]
  const mask = drawMask([rows, heads, steps, steps], dropout);
  if (mask) tape.keep(mask);
  // Made again on the way back, as what grows with the square of the length is not kept twice.
  const dropped = () => (mask ? tf.mul<Tensor4D>(weights, mask) : weights);
  const merged = tf.transpose(product(dropped(), v), [0, 2, 1, 3]);
  return {
    y: tf.reshape(merged, [rows * steps, hidden]),
    backward(dy) {
      const dMerged = tf.transpose<Tensor4D>(tf.reshape(dy, [rows, steps, heads, depth]), [0, 2, 1, 3]);
      const dv = product(dropped(), dMerged, true);
      const dDropped = product(dMerged, v, false, true);
      const dWeights = mask ? tf.mul<Tensor4D>(dDropped, mask) : dDropped;
      const weighted = tf.mul<Tensor4D>(dWeights, weights);
      const dScores = tf.sub<Tensor4D>(weighted, tf.mul(weights, tf.sum(weighted, 3, true)));
      const dq = tf.mul<Tensor4D>(product(dScores, k), scale);
      const dk = product(dScores, q, true);
      const together: Tensor = tf.transpose(tf.stack([dq, dk, dv]), [1, 3, 0, 2, 4]);
      return { dx: tf.reshape(together, [rows * steps, 3 * hidden]), weights: [] };
    },
  };
}
