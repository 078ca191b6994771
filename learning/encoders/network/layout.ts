/** Where the tokens of a batch's rows stand, in a matrix with one token below the other. */
import type { PieceBatch } from '../tokens/batches.js';

export interface Layout {
  /** Place of each row's first token. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Places in all. */
  readonly tokens: number;
}

/** Every row takes as many places as the longest. */
export const paddedLayout = ({ lengths, rows, steps }: PieceBatch): Layout => ({
  starts: Int32Array.from({ length: rows }, (_, r) => r * steps),
  lengths,
  tokens: rows * steps,
});

/** Row follows row without a gap. */
export function packedLayout({ lengths }: PieceBatch): Layout {
  const starts = new Int32Array(lengths.length);
  let tokens = 0;
  for (const [r, length] of lengths.entries()) {
    starts[r] = tokens;
    tokens += length;
  }
  return { starts, lengths, tokens };
}
