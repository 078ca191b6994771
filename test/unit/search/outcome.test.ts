import { describe, expect, test } from 'vitest';
import { betterOf, sumCounts, trialOutcome, windowOutcome } from '../../../orchestrator/search/outcome.js';
import type { BestTrial, FoldResult, Outcome, TrialResult } from '../../../queue/index.js';

const maximize = { metric: 'f1_macro', direction: 'maximize' } as const;
const minimize = { metric: 'loss', direction: 'minimize' } as const;

const fold = (score: number | null, bestEpoch = 4): FoldResult => ({
  runId: 'fold',
  score,
  metrics: {},
  bestEpoch,
  fitSeconds: 1,
  scoreSeconds: 1,
  finishedAt: 1,
  engine: 'wasm',
});
const configuration = (index: number) => ({ index, hash: '0'.repeat(12), model: 'simple', parameters: {} });
const trial = (
  index: number,
  outcome: Outcome,
  folds = { finished: 3, failed: 0, spared: 0 },
): TrialResult => ({
  runId: `run-${index}`,
  configuration: configuration(index),
  outcome,
  folds,
});
const complete = (mean: number): Outcome => ({ kind: 'complete', mean, std: 0.01, epochs: 4 });

describe('a trial', () => {
  test('is complete with the mean, the population deviation and the mean best epoch of its folds', () => {
    expect(trialOutcome([fold(0.7, 3), fold(0.9, 6)], maximize)).toEqual({
      kind: 'complete',
      mean: 0.8,
      std: expect.closeTo(0.1, 12),
      epochs: 5,
      scores: [0.7, 0.9],
    });
  });

  test('of nested folds is scored by the outer ones alone, and fails with an inner one', () => {
    const inner = [fold(0.1, 50), fold(0.2, 50), fold(0.3, 50), fold(0.4, 50)];
    expect(trialOutcome([fold(0.7, 3), fold(0.9, 6), ...inner], maximize, undefined, 2)).toEqual(
      trialOutcome([fold(0.7, 3), fold(0.9, 6)], maximize),
    );
    const broken = [fold(0.7), fold(0.9), ...inner.slice(1), { reason: 'out of memory' }];
    expect(trialOutcome(broken, maximize, undefined, 2)).toEqual({
      kind: 'failed',
      reason: 'fold 5: out of memory',
    });
  });

  test('is pruned with rule, folds and numbers, unless a fold failed', () => {
    const stop = {
      rule: 'forgiving',
      rung: 1,
      numbers: { mean: 0.71239, incumbentWorst: 0.78, incumbent: 6 },
    };
    expect(trialOutcome([fold(0.7)], maximize, stop)).toEqual({
      kind: 'pruned',
      reason: 'forgiving, after 1 fold against configuration 6: mean 0.7124, incumbent worst 0.78',
    });
    expect(trialOutcome([{ reason: 'out of memory' }], maximize, stop).kind).toBe('failed');
  });

  test('is pruned with rule, epoch and what it was held against, whatever its stopped fold scored', () => {
    const stop = {
      rule: 'median',
      rung: 2,
      at: { fold: 0, epoch: 3 },
      numbers: { score: 0.51999, bar: 0.61, others: 24 },
    };
    expect(trialOutcome([fold(0.5)], maximize, stop)).toEqual({
      kind: 'pruned',
      reason: 'median, at epoch 3 of its first fold: 0.52, the median of 24 others was 0.61',
    });
    const halved = { ...stop, rule: 'successive_halving', numbers: { ...stop.numbers, place: 8 } };
    expect(trialOutcome([fold(null)], maximize, halved)).toEqual({
      kind: 'pruned',
      reason: 'successive_halving, at epoch 3 of its first fold: 0.52, place 8 of 24 others was 0.61',
    });
  });

  test('fails with every reason when a fold failed or has no score', () => {
    expect(trialOutcome([fold(0.7), { reason: 'out of memory' }, fold(null)], maximize)).toEqual({
      kind: 'failed',
      reason: 'fold 1: out of memory; 1 of 3 folds have no f1_macro',
    });
  });
});

describe('a window', () => {
  const size = { trials: 4, foldsPerTrial: 3 };

  test('adds up its trials, and counts one whose job broke as failed with all its folds', () => {
    const results = [
      trial(0, complete(0.8)),
      trial(1, { kind: 'failed', reason: 'fold 0: cursed' }, { finished: 2, failed: 1, spared: 0 }),
      trial(3, { kind: 'pruned', reason: 'hopeless' }, { finished: 1, failed: 0, spared: 0 }),
    ];
    const result = windowOutcome(results, size, maximize);
    expect(result.trials).toEqual({ complete: 1, pruned: 1, failed: 2 });
    expect(result.folds).toEqual({ finished: 6, failed: 4, spared: 0 });
  });

  test('names the best of its complete trials, of equal ones the first proposed, whatever order they ended in', () => {
    const results = [trial(2, complete(0.8)), trial(3, complete(0.7)), trial(1, complete(0.8))];
    expect(windowOutcome(results, size, maximize).best?.runId).toBe('run-1');
    expect(windowOutcome(results, size, minimize).best?.runId).toBe('run-3');
    expect(windowOutcome([], size, maximize).best).toBeUndefined();
  });
});

test('the best so far gives way to a strictly better one only', () => {
  const best = (index: number, mean: number): BestTrial => ({
    runId: `run-${index}`,
    configuration: configuration(index),
    mean,
    std: 0,
    epochs: 1,
  });
  expect(betterOf(best(0, 0.8), best(9, 0.8), maximize)?.runId).toBe('run-0');
  expect(betterOf(best(0, 0.8), best(9, 0.81), maximize)?.runId).toBe('run-9');
  expect(betterOf(best(0, 0.8), best(9, 0.7), minimize)?.runId).toBe('run-9');
  expect(betterOf(undefined, best(9, 0.1), maximize)?.runId).toBe('run-9');
  expect(betterOf(best(0, 0.8), undefined, maximize)?.runId).toBe('run-0');
});

test('counts add up', () => {
  const one = { trials: { complete: 1, pruned: 2, failed: 3 }, folds: { finished: 4, failed: 5, spared: 0 } };
  expect(sumCounts(one, one)).toEqual({
    trials: { complete: 2, pruned: 4, failed: 6 },
    folds: { finished: 8, failed: 10, spared: 0 },
  });
});
