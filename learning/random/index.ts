/**
 * Randomness that a seed decides: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators",
 * ACM TOMS 47(4), 2021), its state filled by a 32-bit splitmix with MurmurHash3's finalizer. Only integer
 * operations decide the stream, so it is the same on every machine, in every process and run.
 */

export interface Random {
  /** Uniform integer in [0, 2³²). */
  uint32(): number;
  /** Uniform number in [0, 1), 32 bits of it random. */
  uniform(): number;
  /** Standard normal number (Box and Muller, 1958). */
  normal(): number;
}

/**
 * A stream of random numbers of its own for every pair of seed and purpose, so that drawing more for one purpose
 * (say dropout) never shifts another (say shuffling).
 *
 * @param seed - Any integer up to 2⁵³.
 * @param purpose - For example `held-out`; hashed with 32-bit FNV-1a.
 */
export function randomStream(seed: number, purpose: string): Random {
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  let counter = (hash ^ seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b)) | 0;
  const splitmix = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  const uint32 = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  };
  const uniform = (): number => uint32() / 2 ** 32;
  return {
    uint32,
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Puts the items in random order, in place (Fisher and Yates, Durstenfeld's form). */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
  }
  return items;
}

/**
 * A stable 31-bit seed from whatever the randomness depends on: the search's seed, a configuration, a fold …
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
