/** Word vectors read and added up, by the compiled kernels in every variant and without, beside plain sums. */
import { describe, expect, it } from 'vitest';
import { runnable } from '#kernel-home';
import { type Kernel, loadKernel } from '../../../learning/engine/index.js';
import type { TokenBatch } from '../../../learning/features/index.js';
import { lookUp, sumByWord, sumOfVectors } from '../../../learning/models/layers/embedding.js';
import { randomStream } from '../../../learning/random/index.js';
import { distance, randomArray } from './texts.js';

const kernels: [string, Kernel | undefined][] = [
  ['without', undefined],
  ...runnable().map(({ name }): [string, Kernel | undefined] => [
    name,
    loadKernel({ ...process.env, GRIDSEARCH_KERNEL: name }),
  ]),
];
const VOCABULARY = 30;

function batchOf(steps: number, rows: number): TokenBatch {
  const random = randomStream(3, `${steps} ${rows}`);
  const lengths = Int32Array.from({ length: rows }, () => 1 + Math.floor(random.uniform() * steps));
  const ids = Int32Array.from({ length: steps * rows }, (_, k) =>
    Math.floor(k / rows) < lengths[k % rows]! ? 1 + Math.floor(random.uniform() * (VOCABULARY - 1)) : 0,
  );
  return { ids, lengths, rows, steps, source: Int32Array.from({ length: rows }, (_, r) => r) };
}

/** The sum for each word that the batch has, in the order of words; `of` gives the vector at place k. */
function sumsOf({ ids }: TokenBatch, width: number, of: (k: number) => Float32Array): Map<number, number[]> {
  const sums = new Map<number, number[]>();
  ids.forEach((word, k) => {
    if (word === 0) return;
    const before = sums.get(word) ?? new Array<number>(width).fill(0);
    sums.set(
      word,
      before.map((sum, d) => sum + of(k)[d]!),
    );
  });
  return sums;
}

describe.each(kernels)('word vectors, kernel %s', (_name, kernel) => {
  const cases = [1, 3, 16, 50].flatMap((width) =>
    [
      [1, 1],
      [7, 5],
      [9, 17],
    ].map(([steps, rows]) => ({ width, batch: batchOf(steps!, rows!) })),
  );

  it('are looked up, and added up for a row', () => {
    for (const { width, batch } of cases) {
      const table = randomArray(VOCABULARY * width, 1, randomStream(1, 'table'));
      const vector = (word: number) => table.subarray(word * width, (word + 1) * width);
      const found = lookUp(table, width, kernel)(batch);
      const sums = sumOfVectors(table, width, batch, kernel);
      const expected = new Array<number>(batch.rows * width).fill(0);
      batch.ids.forEach((word, k) => {
        const own = word === 0 ? new Float32Array(width) : vector(word);
        expect(found.subarray(k * width, (k + 1) * width)).toEqual(own);
        own.forEach((value, d) => {
          expected[(k % batch.rows) * width + d]! += value;
        });
      });
      expect(distance(sums, expected)).toBeLessThan(1e-5);
    }
  });

  it('have their gradients added up by word, of each place and of each row, whatever was added up before', () => {
    for (const width of [1, 3, 16, 50]) {
      const add = sumByWord(VOCABULARY, width, kernel);
      // The larger one first and last: it leaves sums that the next must not see.
      for (const batch of [batchOf(9, 17), batchOf(1, 1), batchOf(7, 5), batchOf(9, 17)]) {
        for (const places of [batch.ids.length, batch.rows]) {
          const gradient = randomArray(places * width, 1, randomStream(2, 'gradient'));
          const at = (k: number) => gradient.subarray((k % places) * width, ((k % places) + 1) * width);
          const expected = sumsOf(batch, width, at);
          const { rows, values } = add(batch, gradient);
          expect([...rows!]).toEqual([...expected.keys()]);
          expect(distance(values, [...expected.values()].flat())).toBeLessThan(1e-5);
        }
      }
    }
  });
});

describe.each(kernels.filter(([, kernel]) => kernel))('what is wrong, kernel %s', (_name, kernel) => {
  it('is refused before memory is touched', () => {
    const table = new Float32Array(3 * 4);
    expect(() => kernel!.readRows(Int32Array.of(3), table, 4, new Float32Array(4))).toThrow('an id beyond');
    expect(() => kernel!.readRows(Int32Array.of(-1), table, 4, new Float32Array(4))).toThrow('an id beyond');
    expect(() => kernel!.readRows(Int32Array.of(1), table, 0, new Float32Array(4))).toThrow('no width');
    expect(() => kernel!.readRows(Int32Array.of(1), table, 4, new Float32Array(3))).toThrow('to has 3');
    const [slots, words] = [new Int32Array(3), new Int32Array(1)];
    expect(() => kernel!.sumByWord(Int32Array.of(1, 2), table, 4, slots, words, table)).toThrow(
      'words has 1',
    );
    expect(() => kernel!.sumByWord(Int32Array.of(1), new Float32Array(3), 4, slots, words, table)).toThrow(
      'no rows',
    );
    const [upTo, one] = [Int32Array.of(0, 2, 0), Float32Array.of(1)];
    expect(() =>
      kernel!.adamCatchUpRows(table, table, table, Int32Array.of(1), upTo, 0, one, one, one),
    ).toThrow('a later step');
    expect(() =>
      kernel!.adamCatchUpRows(table, table, table, Int32Array.of(1), upTo, 2, one, one, one),
    ).toThrow('sums has 1');
  });
});
