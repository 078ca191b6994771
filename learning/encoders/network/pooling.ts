/** One vector a text out of one a token. */
import type { Layout } from './layout.js';

export interface Pooling {
  /** @param states - `[tokens, hidden]`; @returns `[rows, hidden]` */
  pool(states: Float32Array, layout: Layout, hidden: number): Float32Array;
  /** @returns Gradient by the states. */
  spread(dPooled: Float32Array, layout: Layout, hidden: number): Float32Array;
}

/** The mean over a text's tokens, special ones included, as sentence encoders are trained for. */
const mean: Pooling = {
  pool(states, { starts, lengths }, hidden) {
    const pooled = new Float32Array(lengths.length * hidden);
    for (const [r, length] of lengths.entries()) {
      for (let t = 0; t < length; t++) {
        const from = (starts[r]! + t) * hidden;
        for (let k = 0; k < hidden; k++) pooled[r * hidden + k]! += states[from + k]!;
      }
      // A text may have no token, where none is special.
      const count = Math.max(1, length);
      for (let k = 0; k < hidden; k++) pooled[r * hidden + k]! /= count;
    }
    return pooled;
  },
  spread(dPooled, { starts, lengths, tokens }, hidden) {
    const states = new Float32Array(tokens * hidden);
    for (const [r, length] of lengths.entries()) {
      for (let t = 0; t < length; t++) {
        const to = (starts[r]! + t) * hidden;
        for (let k = 0; k < hidden; k++) states[to + k] = dPooled[r * hidden + k]! / length;
      }
    }
    return states;
  },
};

/** The vector of the first token, [CLS] or <s>; of a text without tokens 0. */
const cls: Pooling = {
  pool(states, { starts, lengths }, hidden) {
    const pooled = new Float32Array(lengths.length * hidden);
    for (const [r, start] of starts.entries()) {
      if (lengths[r] !== 0) pooled.set(states.subarray(start * hidden, (start + 1) * hidden), r * hidden);
    }
    return pooled;
  },
  spread(dPooled, { starts, lengths, tokens }, hidden) {
    const states = new Float32Array(tokens * hidden);
    for (const [r, start] of starts.entries()) {
      if (lengths[r] !== 0) states.set(dPooled.subarray(r * hidden, (r + 1) * hidden), start * hidden);
    }
    return states;
  },
};

/** By the names of the parameter. */
export const poolings = { mean, cls };
export type PoolingName = keyof typeof poolings;
