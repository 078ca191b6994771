/** What a search was told to do, in words; how much of its budget is used; where its generations are. */
import { describe, expect, test } from 'vitest';
import { searchPayload } from '../../../queue/index.js';
import { budgetWords } from '../../../review/results/budget.js';
import { generationAt, generationOf, generationWords } from '../../../review/results/generation.js';
import { pruningStop } from '../../../review/results/runs.js';
import { termLines, termsOf } from '../../../review/results/terms.js';

const told = (params: Record<string, string | number>, removed: number | null = null) =>
  termLines(
    termsOf({
      params: { seed: 42, n_splits: 5, n_repeats: 1, ...params },
      trials: 50,
      foldsOfTrial: 5,
      removed,
    }),
  );

describe('terms', () => {
  test('say how configurations are chosen, judged, stopped and left out', () => {
    expect(
      told(
        {
          strategy: 'tpe',
          max_trials: 50,
          generation: 8,
          strategy_seed: 7,
          cv: 'stratified_k_fold',
          pruning_folds: 'forgiving',
          pruning_epochs: 'later_rule',
          where: '(lstm.units <= 48)',
        },
        12,
      ),
    ).toEqual([
      'Strategy: TPE, 50 configurations in generations of 8, seed 7',
      'Cross-validation: stratified k-fold, 5 folds',
      'Pruning: forgiving: stops a configuration whose mean so far is not better than the worst fold of the best one',
      'Pruning: later_rule',
      'Constraints: lstm.units <= 48, which removed 12 configurations',
    ]);
  });

  test.each([
    [{ strategy: 'grid', order: 'declared' }, 'Grid, 50 configurations'],
    [{ strategy: 'grid', order: 'spread' }, 'Grid, 50 configurations spread over the space, seed 42'],
    [{ strategy: 'sobol' }, 'Sobol, 50 configurations, seed 42'],
    [{ strategy: 'list' }, 'Listed, 50 configurations'],
    [{ strategy: 'of_tomorrow' }, 'of_tomorrow, 50 configurations, seed 42'],
  ])('%o', (params, words) => {
    expect(told(params)[0]).toBe(`Strategy: ${words}`);
  });

  test('nested cross-validation is told with what it nests', () => {
    const nested = { cv: 'nested', outer_cv: 'stratified_k_fold', inner_cv: 'k_fold', inner_n_splits: 3 };
    expect(told(nested)[1]).toBe(
      'Cross-validation: nested, stratified k-fold, 5 folds; within each k-fold, 3 folds',
    );
  });

  test('several constraints keep their brackets, and repeats are told', () => {
    expect(told({ where: '(a) && (b)', cv: 'repeated_stratified_k_fold', n_repeats: 3 })).toEqual([
      'Strategy: Grid, 50 configurations',
      'Cross-validation: repeated stratified k-fold, 5 folds, 3 times over',
      'Constraints: (a) && (b)',
    ]);
  });
});

test('a budget is told with what is used of it, and stands still once the search has ended', () => {
  const budget = {
    maxDuration: { written: '2h', seconds: 7200, since: 1000, until: null },
    maxFailures: { most: 1, failed: 1 },
    trialTimeout: '10m',
    maxMemory: null,
  };
  expect(budgetWords(budget, 901_000)).toEqual(['15 min 0 s of 2h', '1 of 1 failure', '10m a fold']);
  const { maxDuration } = budget;
  const over = { ...budget, maxDuration: { ...maxDuration, until: 31_000 } };
  expect(budgetWords(over, 901_000)[0]).toBe('30 s of 2h');
  const queued = { ...budget, maxDuration: { ...maxDuration, since: null } };
  expect(budgetWords(queued, 901_000)[0]).toBe('0.0 s of 2h');
});

describe('generations', () => {
  const window = { number: 3, from: 24, to: 32 };
  const search = (progress: object) =>
    ({
      total: 50,
      context: { folds: 3 },
      progress: searchPayload.shape.progress.parse({
        step: 'plan',
        settled: 24,
        generation: 3,
        trials: { complete: 24, pruned: 0, failed: 0 },
        folds: { finished: 72, failed: 0 },
        ...progress,
      }),
    }) as Parameters<typeof generationOf>[0]['search'];

  test('the one that is waited for, and its rung where it has any', () => {
    const now = generationOf({ step: 'plan', search: search({ window }), rung: 2 }, 8);
    expect(now).toEqual({ number: 4, of: 7, rung: 2, rungs: 3 });
    expect(generationWords(now!)).toBe('generation 4 of 7, fold rung 2 of 3');
    expect(generationWords(generationOf({ step: 'plan', search: search({ window }) }, 8)!)).toBe(
      'generation 4 of 7',
    );
  });

  test('none without generations, before the first, once cut, and after the last', () => {
    expect(generationOf({ step: 'plan', search: search({ window }) }, null)).toBeNull();
    expect(generationOf({ step: 'queued', search: search({}) }, 8)).toBeNull();
    expect(generationOf({ step: 'plan', search: search({ window, cut: 'person' }) }, 8)).toBeNull();
    expect(generationOf({ step: 'refit', search: search({ window }) }, 8)).toBeNull();
  });

  test('a configuration belongs to one by its place', () => {
    expect([0, 7, 8, 49].map((index) => generationAt(index, 8))).toEqual([1, 1, 2, 7]);
    expect(generationAt(3, null)).toBeNull();
  });
});

test('evidence of a pruning that is not as this version writes it is none', () => {
  const stop = { rule: 'forgiving', rung: 2, numbers: { mean: 0.7 } };
  expect(pruningStop(JSON.stringify(stop))).toEqual(stop);
  for (const tag of [undefined, '', 'nonsense', '{}', JSON.stringify({ ...stop, rung: 0 })])
    expect(pruningStop(tag)).toBeUndefined();
});
