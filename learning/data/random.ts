/** Seeded randomness that is the same on every machine, process and run. */

/**
 * A stable 31-bit seed from whatever the randomness depends on: the search's seed, a purpose, a fold…
 *
 * FNV-1a (Fowler, Noll, Vo) over the UTF-8 of the parts as JSON, so that `('a', 'b')` and `('ab')` or `1` and `'1'`
 * differ, then the finalizer of MurmurHash3 (Appleby), as FNV alone leaves the seeds of neighbours alike.
 */
export function seedFor(...parts: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(parts))) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 1;
}

/** Random 32-bit integers from a seed: mulberry32 (Tommy Ettinger, public domain). */
export function randomBits(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
}

/** A whole number from 0 to `below` - 1, each equally likely: draws that would favour the low ones are repeated. */
function randomBelow(next: () => number, below: number): number {
  const fair = 2 ** 32 - (2 ** 32 % below);
  for (;;) {
    const bits = next();
    if (bits < fair) return bits % below;
  }
}

/** Shuffles an array in place and returns it; the order depends on its length and the seed alone (Fisher-Yates). */
export function shuffle<Values extends { [index: number]: unknown; readonly length: number }>(
  array: Values,
  seed: number,
): Values {
  const next = randomBits(seed);
  for (let last = array.length - 1; last > 0; last--) {
    const other = randomBelow(next, last + 1);
    const value = array[last];
    array[last] = array[other];
    array[other] = value;
  }
  return array;
}
