/** Both sides of a fold from what its strategy gives. */
import { without } from '../rows.js';
import type { Fold } from '../types.js';

/** A part of the rows validates and the others train, unless both sides are given. */
export const sidesOf = (rows: Int32Array, part: Int32Array | Fold): Fold =>
  part instanceof Int32Array ? { train: without(rows, part), validation: part } : part;
