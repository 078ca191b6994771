/**
 * A smaller problem with the same answer. Most terms of a corpus stand in one text. Where the penalty is on squared weights, the best weights
 * of columns that only one row has are in the ratio of that row's values: for that row they act as one column whose value is the
 * length of theirs. (A rotation of the weights, which neither the scores nor the sum of squares sees.)
 */
import type { SparseRows } from './sparse.js';

export interface Merged {
  /** First the columns that several rows have, then one for each row that has others. */
  readonly x: SparseRows;
  /** From weights of the merged columns, `[outputs × merged columns]`, those of all, `[outputs × columns]`. */
  split(weights: Float64Array, outputs: number): Float64Array;
}

export function mergeLoneColumns(x: SparseRows): Merged {
  const { rows, columns, starts, indices, values } = x;
  const rowsWith = new Int32Array(columns);
  for (const column of indices) rowsWith[column]!++;
  /** Its own place, or its row's; what no row has stays at −1, and its weight at 0. */
  const placeOf = new Int32Array(columns).fill(-1);
  let size = 0;
  for (let column = 0; column < columns; column++) if (rowsWith[column]! > 1) placeOf[column] = size++;
  /** What a column's weight is of its place's. */
  const shareOf = new Float64Array(columns).fill(1);
  const mergedStarts = new Int32Array(rows + 1);
  const mergedIndices = new Int32Array(indices.length);
  const mergedValues = new Float64Array(indices.length);
  let entries = 0;
  for (let row = 0; row < rows; row++) {
    const [start, end] = [starts[row]!, starts[row + 1]!];
    let squares = 0;
    for (let at = start; at < end; at++) {
      const column = indices[at]!;
      if (rowsWith[column]! === 1) {
        squares += values[at]! * values[at]!;
        continue;
      }
      mergedIndices[entries] = placeOf[column]!;
      mergedValues[entries++] = values[at]!;
    }
    if (squares > 0) {
      const length = Math.sqrt(squares);
      for (let at = start; at < end; at++) {
        if (rowsWith[indices[at]!]! !== 1) continue;
        placeOf[indices[at]!] = size;
        shareOf[indices[at]!] = values[at]! / length;
      }
      mergedIndices[entries] = size++;
      mergedValues[entries++] = length;
    }
    mergedStarts[row + 1] = entries;
  }
  return {
    x: {
      rows,
      columns: size,
      starts: mergedStarts,
      indices: mergedIndices.slice(0, entries),
      values: mergedValues.slice(0, entries),
    },
    split(weights, outputs) {
      const all = new Float64Array(outputs * columns);
      for (let output = 0; output < outputs; output++) {
        for (let column = 0; column < columns; column++) {
          const place = placeOf[column]!;
          if (place >= 0) all[output * columns + column] = weights[output * size + place]! * shareOf[column]!;
        }
      }
      return all;
    },
  };
}
