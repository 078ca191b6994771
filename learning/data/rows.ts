/** Sets of row indices. */

/** Those of `rows` that are not among `removed`. */
export function without(rows: Int32Array, removed: Int32Array): Int32Array {
  const gone = new Set(removed);
  return rows.filter((row) => !gone.has(row));
}
