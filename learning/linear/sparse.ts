/** Rows of which few columns are not zero, one after the other. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Row `i` has entries `starts[i]` up to, not including, `starts[i + 1]`. */
  readonly starts: Int32Array;
  /** Column of each entry, ascending within a row. */
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** Some of the rows, in this order. */
export function pickRows({ columns, starts, indices, values }: SparseRows, rows: Int32Array): SparseRows {
  const picked = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    picked[i + 1] = picked[i]! + starts[row + 1]! - starts[row]!;
  });
  const own = new Int32Array(picked.at(-1)!);
  const ownValues = new Float64Array(own.length);
  rows.forEach((row, i) => {
    own.set(indices.subarray(starts[row]!, starts[row + 1]!), picked[i]!);
    ownValues.set(values.subarray(starts[row]!, starts[row + 1]!), picked[i]!);
  });
  return { rows: rows.length, columns, starts: picked, indices: own, values: ownValues };
}
