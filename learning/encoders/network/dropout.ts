/** Dropout masks in the engine's memory; a seed decides them. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../../engine/index.js';
import type { Random } from '../../random/index.js';

/** Drops elements of a tensor in proportion to a rate; undefined where nothing is dropped. */
export type DrawMask = (shape: number[], rate: number) => Tensor | undefined;

/** Each element 0 with probability `rate`, to 16 bits, else 1 / (1 − rate). One random number serves two elements. */
export function maskDrawer({ tf }: Engine, random: Random | undefined): DrawMask {
  return (shape, rate) => {
    if (!random || rate === 0) return undefined;
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    const below = Math.round(rate * 65_536);
    const keep = 1 / (1 - rate);
    for (let i = 0; i < values.length; i += 2) {
      const bits = random.uint32();
      values[i] = (bits & 0xffff) < below ? 0 : keep;
      values[i + 1] = bits >>> 16 < below ? 0 : keep; // beyond an odd end nothing is written
    }
    return tf.tensor(values, shape, 'float32');
  };
}
