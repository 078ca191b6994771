/**
 * Sobol's sequence: points that fill the cube evenly, whichever of its sides is looked at. Direction numbers of Joe and Kuo (2008,
 * https://web.maths.unsw.edu.au/~fkuo/sobol/), scrambled as Owen has it by the hash of Laine and Karras as Burley (2020,
 * https://jcgt.org/published/0009/04/01/) gives it: the evenness stays, and every seed has a sequence of its own.
 */
import { randomStream } from '../../../learning/random/index.js';
import { drawing } from './points.js';

/** Degree and coefficients of the primitive polynomial, and the first direction numbers, from the second dimension on. */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
];
const BITS = 32;

/** Direction numbers of a dimension, from 0, as 32-bit fractions. */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) return v.map((_, bit) => 2 ** (BITS - 1 - bit));
  const [degree, coefficients, first] = DIRECTIONS[dimension - 1]!;
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) {
      v[bit] = first[bit]! * 2 ** (BITS - 1 - bit);
      continue;
    }
    let next = v[bit - degree]! ^ (v[bit - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) next ^= v[bit - k]!;
    v[bit] = next;
  }
  return v;
}

/** The unscrambled points, each coordinate a 32-bit fraction, in Gray code's order (Antonov and Saleev, 1979). */
export function* sobolPoints(dimensions: number): Generator<Uint32Array, never> {
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  const point = new Uint32Array(dimensions);
  for (let index = 0; ; index++) {
    yield point.slice();
    // The lowest bit of the index that is 0.
    const bit = 31 - Math.clz32(~index & (index + 1));
    for (let d = 0; d < dimensions; d++) point[d]! ^= directions[d]![bit]!;
  }
}

/** A permutation in which each bit depends on the higher ones alone. */
function scrambled(value: number, seed: number): number {
  let x = reversed(value);
  x = (x ^ Math.imul(x, 0x3d20adea)) | 0;
  x = (x + seed) | 0;
  x = Math.imul(x, (seed >>> 16) | 1);
  x = (x ^ Math.imul(x, 0x05526c56)) | 0;
  x = (x ^ Math.imul(x, 0x53a22864)) | 0;
  return reversed(x);
}

function reversed(value: number): number {
  let x = value;
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  x = ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff);
  return ((x << 16) | (x >>> 16)) >>> 0;
}

export const sobol = drawing(function* points(dimensions, seed): Generator<number[], never> {
  const stream = randomStream(seed, 'strategy');
  const seeds = Array.from({ length: dimensions }, () => stream.uint32());
  const unscrambled = sobolPoints(dimensions);
  for (;;) yield Array.from(unscrambled.next().value, (value, d) => scrambled(value, seeds[d]!) / 2 ** 32);
});
