/** Dropout masks in the engine's memory; a seed decides them. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../../engine/index.js';
import type { Random } from '../../random/index.js';

/** Drops elements of a tensor in proportion to a rate; undefined where nothing is dropped. */
export type DrawMask = (shape: number[], rate: number) => Tensor | undefined;

/**
 * Each element 0 with probability `rate`, to 16 bits, else 1 / (1 − rate). An element's factor is a hash of its place and of two
 * numbers drawn, as in `engine/native/dropout.h`, which makes it again where it is needed.
 */
export function maskDrawer({ tf }: Engine, random: Random | undefined): DrawMask {
  return (shape, rate) => {
    if (!random) return undefined;
    const [first, second] = [random.uint32(), random.uint32()];
    if (rate === 0) return undefined;
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    const below = Math.round(rate * 65_536);
    const keep = 1 / (1 - rate);
    for (let i = 0; i < values.length; i++) {
      let bits = (i + first) | 0;
      bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
      bits = Math.imul(bits ^ (bits >>> 15) ^ second, 0x846ca68b);
      values[i] = (bits ^ (bits >>> 16)) >>> 16 < below ? 0 : keep;
    }
    return tf.tensor(values, shape, 'float32');
  };
}
