/** One vector a text out of one a token. */
import type { PieceBatch } from '../tokens/batches.js';

export interface Pooling {
  /** @param states - `[rows × steps, hidden]`; @returns `[rows, hidden]` */
  pool(states: Float32Array, batch: PieceBatch, hidden: number): Float32Array;
  /** @returns Gradient by the states. */
  spread(dPooled: Float32Array, batch: PieceBatch, hidden: number): Float32Array;
}

/** The mean over a text's tokens, special ones included, as sentence encoders are trained for. */
const mean: Pooling = {
  pool(states, { lengths, rows, steps }, hidden) {
    const pooled = new Float32Array(rows * hidden);
    for (let r = 0; r < rows; r++) {
      for (let t = 0; t < lengths[r]!; t++) {
        const from = (r * steps + t) * hidden;
        for (let k = 0; k < hidden; k++) pooled[r * hidden + k]! += states[from + k]!;
      }
      // A text may have no token, where none is special.
      const count = Math.max(1, lengths[r]!);
      for (let k = 0; k < hidden; k++) pooled[r * hidden + k]! /= count;
    }
    return pooled;
  },
  spread(dPooled, { lengths, rows, steps }, hidden) {
    const states = new Float32Array(rows * steps * hidden);
    for (let r = 0; r < rows; r++) {
      for (let t = 0; t < lengths[r]!; t++) {
        const to = (r * steps + t) * hidden;
        for (let k = 0; k < hidden; k++) states[to + k] = dPooled[r * hidden + k]! / lengths[r]!;
      }
    }
    return states;
  },
};

/** The vector of the first token, [CLS] or <s>. */
const cls: Pooling = {
  pool(states, { rows, steps }, hidden) {
    const pooled = new Float32Array(rows * hidden);
    for (let r = 0; r < rows; r++) {
      pooled.set(states.subarray(r * steps * hidden, (r * steps + 1) * hidden), r * hidden);
    }
    return pooled;
  },
  spread(dPooled, { rows, steps }, hidden) {
    const states = new Float32Array(rows * steps * hidden);
    for (let r = 0; r < rows; r++) {
      states.set(dPooled.subarray(r * hidden, (r + 1) * hidden), r * steps * hidden);
    }
    return states;
  },
};

/** By the names of the parameter. */
export const poolings = { mean, cls };
export type PoolingName = keyof typeof poolings;
