import { expect, test } from 'vitest';
import { STRATEGIES } from '../../../orchestrator/search/strategies/index.js';
import { nextWindow, windowAfter } from '../../../orchestrator/search/window.js';
import type { SearchPayload } from '../../../queue/index.js';

const search = (settled: number, total: number, folds: number): SearchPayload =>
  ({
    strategy: { kind: 'grid' },
    models: [],
    total,
    context: { folds, seed: 1 },
    progress: { settled, generation: 3 },
  }) as unknown as SearchPayload;

test.each([
  [0, 8, 3, 500, 8],
  [0, 1_000_000, 3, 500, 83],
  [83, 1_000_000, 3, 500, 166],
  [999_990, 1_000_000, 3, 500, 1_000_000],
  [0, 10, 1000, 500, 1],
])(
  'the window from %i of %i configurations with %i folds and, in two windows, at most %i jobs ends at %i',
  (from, total, folds, windowFolds, end) => {
    expect(nextWindow(search(from, total, folds), { strategies: STRATEGIES, windowFolds })).toEqual({
      number: 3,
      from,
      to: end,
    });
  },
);

test('a strategy with generations decides the size of a window itself', () => {
  const strategies = { grid: { ...STRATEGIES.grid!, adaptive: true, generationSize: () => 5 } };
  expect(nextWindow(search(10, 100, 3), { strategies, windowFolds: 500 })).toMatchObject({
    from: 10,
    to: 15,
  });
});

test('the generation after is under way, too, and the window after of a strategy that reads no results', () => {
  const strategies = { grid: { ...STRATEGIES.grid!, adaptive: true, generationSize: () => 5 } };
  const windowFolds = 12;
  const after = (to: number) =>
    windowAfter(search(10, 18, 3), { number: 3, from: 10, to }, { strategies, windowFolds });
  expect(after(15)).toEqual({ number: 4, from: 15, to: 18 });
  expect(after(18)).toBeUndefined();
  const window = { number: 3, from: 10, to: 15 };
  expect(windowAfter(search(10, 18, 3), window, { strategies: STRATEGIES, windowFolds })).toEqual({
    number: 4,
    from: 15,
    to: 17,
  });
});

test('a strategy that this version lacks is named, with those that there are', () => {
  const unknown = { ...search(0, 8, 3), strategy: { kind: 'oracle' } };
  expect(() => nextWindow(unknown, { strategies: STRATEGIES, windowFolds: 500 })).toThrow(
    'no strategy "oracle" in this version; there are grid, random, sobol, tpe, list:',
  );
});
