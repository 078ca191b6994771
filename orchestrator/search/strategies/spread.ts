/**
 * An order of a grid in which every beginning covers the whole: places i ↦ (a · i + b) mod N of the declared order, which is a
 * lattice over the axes. As a and N have no common divisor, each place comes once, and by its number, so that a grid of
 * millions need not be held in memory. Of some seeded multipliers the one is taken whose beginnings have each value of each
 * parameter in proportion: what Kronecker sequences are good for (Niederreiter, 1992, 3.1), measured rather than hoped for.
 */
import { randomStream } from '../../../learning/random/index.js';
import { configurationCount, type Grid, positionsAt, sizeOf } from './places.js';

const CANDIDATES = 256;
/** Beginnings that are looked at, in configurations. */
const BEGINNINGS = [4, 8, 16, 32, 64, 128];

type Order = (place: number) => number;

/** The one found last: a search asks for it at every window. */
let known: { readonly key: string; readonly at: Order } | undefined;

/** @returns The place in the declared order of the configuration that comes at a place of the spread one. */
export function spreadOrder(space: Grid, seed: number): (place: number) => number {
  const key = JSON.stringify([seed, space.models.map(({ axes }) => axes.map(({ values }) => values.length))]);
  if (known?.key !== key) known = { key, at: bestLattice(space, seed) };
  return known.at;
}

function bestLattice(space: Grid, seed: number): Order {
  const size = configurationCount(space);
  const random = randomStream(seed, 'strategy');
  const first = Math.floor(random.uniform() * size);
  let best = { at: latticeOf(1, first, size), uneven: Number.POSITIVE_INFINITY };
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const step = coprime(1 + Math.floor(random.uniform() * Math.max(1, size - 1)), size);
    const at = latticeOf(step, first, size);
    const uneven = unevenness(space, size, at);
    if (uneven < best.uneven) best = { at, uneven };
  }
  return best.at;
}

/** The product may be beyond what a number holds exactly; where it is not, numbers take a tenth of the time. */
const latticeOf = (step: number, first: number, size: number): Order =>
  size * size < Number.MAX_SAFE_INTEGER - size
    ? (place) => (step * place + first) % size
    : (place) => Number((BigInt(step) * BigInt(place) + BigInt(first)) % BigInt(size));

function coprime(from: number, size: number): number {
  for (let step = from; ; step = (step + 1) % size || 1) if (divisor(step, size) === 1) return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** How far the values' counts are from their shares of the grid, over all beginnings: χ² for each value. */
function unevenness(space: Grid, size: number, at: Order): number {
  const kinds = space.models.map((model) => ({
    lengths: model.axes.map(({ values }) => values.length),
    size: sizeOf(model),
    count: 0,
    /** How often each value came that came at all, by axis, and the sum of the squares of that. */
    counts: model.axes.map(() => new Map<number, number>()),
    squares: model.axes.map(() => 0),
  }));
  let sum = 0;
  let place = 0;
  for (const beginning of BEGINNINGS) {
    if (beginning > size) break;
    for (; place < beginning; place++) {
      const { kind, positions } = positionsAt(space, at(place));
      const { counts, squares } = kinds[kind]!;
      kinds[kind]!.count++;
      for (const [axis, position] of positions.entries()) {
        const before = counts[axis]!.get(position) ?? 0;
        counts[axis]!.set(position, before + 1);
        squares[axis]! += 2 * before + 1;
      }
    }
    for (const { lengths, size: own, count, squares } of kinds) {
      const expected = (beginning * own) / size;
      sum += (count - expected) ** 2 / expected;
      // Σ (c − e)² / e over the values, most of which may not have come.
      for (const [axis, length] of lengths.entries())
        if (length > 1) sum += ((squares[axis]! * length) / expected - 2 * count + expected) / length;
    }
  }
  return sum;
}
