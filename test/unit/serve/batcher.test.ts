import { expect, test } from 'vitest';
import { createBatcher } from '../../../serving/batcher.js';

function recorded(options: { maxBatch?: number; maxWaitMs?: number; maxWaitingRows?: number } = {}) {
  const passes: number[] = [];
  let held = 0;
  const batcher = createBatcher({
    maxBatch: 4,
    maxWaitMs: 0,
    maxWaitingRows: 100,
    ...options,
    hold: () => {
      held++;
      return {
        version: '1',
        classes: ['a'],
        predict: (texts) => {
          passes.push(texts.length);
          if (texts.includes('fail')) throw new Error('no');
          return texts.map((text) => ({ label: text, probabilities: { a: 1 } }));
        },
        release: () => held--,
      };
    },
  });
  const ask = async (...texts: string[]) => (await batcher(texts)).predictions.map(({ label }) => label);
  return { passes, ask, held: () => held };
}

test('requests that arrive together are predicted in one pass, each gets its own rows', async () => {
  const { ask, passes, held } = recorded();
  expect(await Promise.all([ask('a'), ask('b', 'c'), ask(), ask('d')])).toEqual([
    ['a'],
    ['b', 'c'],
    [],
    ['d'],
  ]);
  expect(passes).toEqual([4]);
  expect(held()).toBe(0);
});

test('a pass is bounded in rows; a larger request takes several', async () => {
  const { ask, passes } = recorded();
  const many = Array.from({ length: 10 }, (_, i) => String(i));
  expect(await Promise.all([ask('x', 'y', 'z'), ask('a', 'b'), ask(...many)])).toEqual([
    ['x', 'y', 'z'],
    ['a', 'b'],
    many,
  ]);
  expect(passes).toEqual([3, 2, 4, 4, 2]);
});

test('a failure reaches its callers and the next batch is served', async () => {
  const { ask, held } = recorded();
  await expect(ask('fail')).rejects.toThrow('no');
  expect(await ask('a')).toEqual(['a']);
  expect(held()).toBe(0);
});

test('a request beyond the rows that may wait is turned away, a smaller one after it is not', async () => {
  const { ask } = recorded({ maxWaitingRows: 3 });
  const answers = await Promise.allSettled([ask('a', 'b'), ask('c', 'd'), ask('e')]);
  expect(answers).toEqual([
    { status: 'fulfilled', value: ['a', 'b'] },
    { status: 'rejected', reason: expect.objectContaining({ status: 503, code: 'TEMPORARILY_UNAVAILABLE' }) },
    { status: 'fulfilled', value: ['e'] },
  ]);
});
