import { describe, expect, it } from 'vitest';
import { randomStream, seedFor, shuffle } from '../../learning/random/index.js';

describe('random streams', () => {
  const first = (seed: number, purpose: string) => {
    const random = randomStream(seed, purpose);
    return Array.from({ length: 4 }, () => random.uint32());
  };

  it('stay the same from version to version', () => {
    expect(first(42, 'order')).toMatchInlineSnapshot(`
      [
        4204413867,
        1453723764,
        2302489839,
        3985869714,
      ]
    `);
  });

  it('differ by seed, by its upper bits and by purpose', () => {
    const streams = [first(1, 'a'), first(2, 'a'), first(1 + 2 ** 32, 'a'), first(1, 'b')].map(String);
    expect(new Set(streams).size).toBe(4);
  });

  it('draw uniform and normal numbers', () => {
    const random = randomStream(1, 'moments');
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    const uniform = Array.from({ length: 50_000 }, () => random.uniform());
    const normal = Array.from({ length: 50_000 }, () => random.normal());
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(Math.max(...uniform.slice(0, 10_000))).toBeLessThan(1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1);
  });
});

describe('seeds', () => {
  it('are stable, 31-bit, and tell their parts apart', () => {
    expect([seedFor('a', 1), seedFor('a', '1'), seedFor('a', 2)]).toEqual([
      148648240, 2108631784, 1934798579,
    ]);
    expect(seedFor('ab')).not.toBe(seedFor('a', 'b'));
    for (let i = 0; i < 1000; i++) expect(seedFor(i)).toBeLessThan(2 ** 31);
  });
});

describe('a shuffle', () => {
  it('is a permutation that the stream decides, each place equally likely', () => {
    const shuffled = (seed: number, size: number) =>
      shuffle(
        Array.from({ length: size }, (_, place) => place),
        randomStream(seed, 'shuffle'),
      );
    expect(shuffled(5, 100)).toEqual(shuffled(5, 100));
    expect(shuffled(5, 100)).not.toEqual(shuffled(6, 100));
    expect(shuffled(5, 100).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, place) => place));
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 4000; seed++) counts[shuffled(seed, 4).indexOf(0)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(110);
  });
});
