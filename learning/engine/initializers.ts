/** Initial weights, Keras's defaults (https://keras.io/api/layers/initializers/), drawn in JavaScript: equal on every engine. */
import type { Random } from '../random/index.js';

/** Uniform in ±limit. */
export function uniform(size: number, limit: number, random: Random): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = (2 * random.uniform() - 1) * limit;
  return values;
}

/** Glorot and Bengio (2010): uniform in ±√(6 / (inputs + outputs)); shape `[inputs, outputs]`. */
export function glorotUniform(inputs: number, outputs: number, random: Random): Float32Array {
  return uniform(inputs * outputs, Math.sqrt(6 / (inputs + outputs)), random);
}

/**
 * Rows orthonormal to each other (Saxe et al., 2014), by modified Gram-Schmidt on normal numbers; shape `[rows, columns]`,
 * `rows ≤ columns`. Orthonormal rows of independent normals are distributed as those of a QR decomposition.
 */
export function orthogonal(rows: number, columns: number, random: Random): Float32Array {
  const basis: Float64Array[] = [];
  for (let r = 0; r < rows; r++) {
    const row = Float64Array.from({ length: columns }, () => random.normal());
    for (const other of basis) {
      const overlap = dot(row, other);
      for (let c = 0; c < columns; c++) row[c]! -= overlap * other[c]!;
    }
    const norm = Math.sqrt(dot(row, row));
    for (let c = 0; c < columns; c++) row[c]! /= norm;
    basis.push(row);
  }
  const values = new Float32Array(rows * columns);
  basis.forEach((row, r) => {
    values.set(row, r * columns);
  });
  return values;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
