/** Inverted dropout (Srivastava et al., 2014). */
import type { Random } from '../../random/index.js';

/** Each element 0 with probability `rate`, else 1 / (1 − rate); undefined when nothing is dropped. */
export function dropoutMask(
  size: number,
  rate: number,
  random: Random | undefined,
): Float32Array | undefined {
  if (rate === 0 || !random) return undefined;
  const keep = 1 / (1 - rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) mask[i] = random.uniform() < rate ? 0 : keep;
  return mask;
}

/** Multiplies in place; a mask shorter than the values repeats, as one over rows does for every time step. */
export function applyMask(values: Float32Array, mask: Float32Array | undefined): Float32Array {
  if (!mask) return values;
  for (let from = 0; from < values.length; from += mask.length) {
    for (let i = 0; i < mask.length; i++) values[from + i]! *= mask[i]!;
  }
  return values;
}
