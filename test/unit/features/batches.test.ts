import { describe, expect, it } from 'vitest';
import { lengthBatches, sortedBatches } from '../../../learning/batches/index.js';
import { tokenBatch } from '../../../learning/features/batches.js';
import { tokenExamples } from '../../../learning/features/index.js';
import { randomStream } from '../../../learning/random/index.js';
import { distance, encode, randomTexts } from '../engine/texts.js';

describe('batches', () => {
  const texts = randomTexts(
    Array.from({ length: 1000 }, (_, r) => 1 + ((r * 7) % 32)),
    50,
    32,
  );

  it('hold every row once, in an order that the seed alone decides', () => {
    const order = (seed: number) =>
      lengthBatches(texts.lengths, 32, randomStream(seed, 'order')).map((b) => [...b]);
    expect(new Set(order(1).flat()).size).toBe(1000);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it('leave little padding', () => {
    const padded = lengthBatches(texts.lengths, 32, randomStream(1, 'order'))
      .map((source) => tokenBatch(texts, source))
      .reduce((sum, { steps, rows }) => sum + steps * rows, 0);
    const tokens = texts.lengths.reduce((sum, length) => sum + length);
    expect(padded / tokens).toBeLessThan(1.1);
  });

  it('are time-major and end in padding', () => {
    const small = encode([[5, 6, 7], [8]], 4);
    const batch = tokenBatch(small, Int32Array.from([1, 0]));
    expect(batch.steps).toBe(3);
    expect([...batch.ids]).toEqual([8, 5, 0, 6, 0, 7]);
    expect([...batch.lengths]).toEqual([1, 3]);
    expect(tokenBatch(small, Int32Array.from([0]), 4).steps).toBe(4);
  });

  it('are sorted for prediction', () => {
    const lengths = sortedBatches(texts.lengths, 64).flatMap((source) =>
      [...source].map((r) => texts.lengths[r]!),
    );
    expect(
      distance(
        lengths,
        [...lengths].sort((a, b) => a - b),
      ),
    ).toBe(0);
  });

  it('say which of the examples each row is', () => {
    const examples = tokenExamples(encode([[5, 6], [7], [8], [9, 4, 3]], 4));
    expect(examples.rows).toBe(4);
    for (const batches of [examples.epoch(3, randomStream(1, 'order')), examples.batches(3)]) {
      const first = new Map<number, number>();
      for (const { source, ids, rows } of batches) {
        expect(source).toHaveLength(rows);
        source.forEach((row, r) => {
          first.set(row, ids[r]!);
        });
      }
      expect(Object.fromEntries(first)).toEqual({ 0: 5, 1: 7, 2: 8, 3: 9 });
    }
  });
});
