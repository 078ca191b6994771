/** The evidence of made-up searches whose answers are plain to see. */
import { describe, expect, test } from 'vitest';
import { evidenceOf, type SearchSummary, type TrialSummary } from '../../../review/results/index.js';

const search = (more: Partial<SearchSummary> = {}): SearchSummary => ({
  runId: 'parent',
  runName: 'grid-1',
  status: 'FINISHED',
  startTime: 0,
  endTime: 100_000,
  params: { cv: 'stratified_k_fold', n_splits: 3, n_repeats: 1 },
  metrics: {},
  searchId: 'grid-1',
  experimentId: '1',
  objective: { metric: 'f1_macro', direction: 'maximize' },
  datasetDigest: 'd',
  warnings: [],
  cut: null,
  usedMs: null,
  removed: null,
  reused: null,
  extends: null,
  retryOf: null,
  trials: 4,
  folds: 12,
  foldsOfTrial: 3,
  winnerRunId: 'r1',
  registered: null,
  ...more,
});

function trial(
  index: number,
  parameters: Record<string, number>,
  scores: readonly number[] | string,
  model = 'lstm',
): TrialSummary {
  const failed = typeof scores === 'string';
  const mean = failed ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return {
    runId: `r${index}`,
    runName: `renamed-${index}`,
    status: failed ? 'FAILED' : 'FINISHED',
    startTime: index * 1000,
    endTime: index * 1000 + 900,
    params: {},
    metrics: failed
      ? {}
      : {
          ...Object.fromEntries(scores.map((score, fold) => [`split${fold}_test_score`, score])),
          mean_fit_time: parameters.units! / 10,
        },
    ...(failed && { failure: scores }),
    configuration: { index, hash: `h${index}`, model, parameters },
    outcome: failed ? 'failed' : 'complete',
    mean,
    std: failed
      ? undefined
      : Math.sqrt(scores.reduce((sum, score) => sum + (score - mean!) ** 2, 0) / scores.length),
  };
}

/** Best first. */
const TRIALS = [
  trial(1, { units: 64, learning_rate: 0.001, epochs: 3 }, [0.8, 0.82, 0.81]),
  trial(2, { units: 16, learning_rate: 0.001, epochs: 3 }, [0.797, 0.815, 0.812]),
  trial(3, { units: 64, learning_rate: 0.1, epochs: 3 }, [0.51, 0.53, 0.52]),
  trial(0, { units: 16, learning_rate: 0.1, epochs: 3 }, 'fold 1: out of memory'),
];
const KNOWN = {
  leftOut: 0,
  refit: { runId: 'refit', testMetrics: { f1_macro: 0.8041 } },
  registered: {
    name: 'sentiment',
    version: '4',
    aliases: ['champion'],
    why: 'f1_macro 0.8041 > 0.7990 of version 3',
  },
  baselines: [{ name: 'majority class', mean: 0.334, std: 0.001, test: 0.3333 }],
  cost: ({ parameters }: { parameters: Record<string, unknown> }) => Number(parameters.units),
};

describe('three folds', () => {
  const found = evidenceOf(search(), TRIALS, KNOWN);

  test('are told as columns, failures with their reason', () => {
    expect(found.columns).toMatchObject({
      name: ['lstm-1', 'lstm-2', 'lstm-3', 'lstm-0'],
      rank: [1, 2, 3, null],
      reason: [null, null, null, 'fold 1: out of memory'],
      parameters: { units: [64, 16, 64, 16], learning_rate: [0.001, 0.001, 0.1, 0.1] },
    });
    expect(found.columns.folds[1]).toEqual([0.797, 0.815, 0.812]);
    expect(found.columns.folds[3]).toEqual([null, null, null]);
    expect(found.varying).toEqual(['units', 'learning_rate']);
    expect(found.shared).toEqual({ epochs: 3 });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test('hold each trial against the winner, over the same folds', () => {
    const { against, rule, alike, compared, simplest, winner } = found;
    expect({ rule, alike, compared, simplest, winner }).toEqual({
      rule: 'one standard error',
      alike: [1],
      compared: 2,
      simplest: 1,
      winner: 0,
    });
    // By hand: differences −0.003, −0.005, 0.002: mean −0.002, std 0.0036056, times √(1/3 + 1/2).
    expect(against.difference[1]).toBeCloseTo(-0.002, 12);
    expect(against.low[1]).toBeCloseTo(-0.002 - 4.302653 * 0.0036056 * Math.sqrt(5 / 6), 6);
    expect(against.p[1]).toBeCloseTo(0.6, 1);
    expect(against.sameInPractice[1]).toBeGreaterThan(0.8);
    expect(against.alike).toEqual([null, true, false, null]);
    expect(against.difference[0]).toBeNull();
    expect(against.p[3]).toBeNull();
  });

  test('say what won, whether to believe it, and what would tell more', () => {
    expect(found.verdict[0]).toBe(
      'lstm, units 64, learning rate 0.001 wins with macro F1 0.810 ± 0.008 over 3 folds; 0.804 on held-out rows; registered as sentiment version 4, champion (f1_macro 0.8041 > 0.7990 of version 3).',
    );
    expect(found.verdict[1]).toBe(
      '1 of 2 others can’t be told from it (within one standard error); the simplest within one standard error is lstm-2.',
    );
    expect(found.verdict[2]).toMatch(/^The least difference that a test of these 3 folds could have told/);
    expect(found.verdict[3]).toBe(
      'Baseline majority class: macro F1 0.334 ± 0.001 over the same folds, 0.333 on the test rows.',
    );
    // Four scores of one repeat: 3 × (6.4 + 1.6 + 6.4) s so far, three times as much again.
    expect(found.verdict.at(-1)).toMatch(/n_repeats: 4 gives 12, .* for about 2 min 10 s more of training/);
    expect(found.repeats!.leastDifference).toBeLessThan(found.leastDifference!);
  });

  test('of a search under way lead so far', () => {
    const { verdict } = evidenceOf(search({ status: 'RUNNING', winnerRunId: null }), TRIALS, {
      ...KNOWN,
      refit: null,
      registered: null,
    });
    expect(verdict[0]).toBe(
      'so far lstm, units 64, learning rate 0.001 leads with macro F1 0.810 ± 0.008 over 3 folds.',
    );
  });
});

test('a parameter that only some kinds have varies when it takes several values there', () => {
  const { varying, columns } = evidenceOf(
    search(),
    [
      trial(1, { units: 4, dropout: 0.3 }, [0.8, 0.8, 0.8]),
      trial(2, { units: 4, dropout: 0.3 }, [0.7, 0.7, 0.7]),
      trial(3, { units: 4, width: 1 }, [0.6, 0.6, 0.6], 'simple'),
      trial(4, { units: 4, width: 2 }, [0.5, 0.5, 0.5], 'simple'),
    ],
    KNOWN,
  );
  expect(varying).toEqual(['width']);
  expect(columns.parameters.width).toEqual([null, null, 1, 2]);
});

test('a winner that does not beat the commonest class is told so', () => {
  const { baselines, verdict } = evidenceOf(search(), TRIALS, {
    ...KNOWN,
    baselines: [
      { name: 'strong on test rows', mean: 0.5, std: 0, test: 0.81 },
      { name: 'strong on folds', mean: 0.82, std: 0, test: 0.5 },
    ],
  });
  expect(baselines).toMatchObject([{ beaten: false }, { beaten: false }]);
  expect(verdict).toContainEqual(expect.stringMatching(/0\.810 on the test rows: the winner does not beat/));
});

test('a loss is read the other way round', () => {
  const losses = TRIALS.slice(0, 3)
    .map((one) => trial(one.configuration.index, { units: 8 }, one.mean === undefined ? '' : [0, 0, 0]))
    .map((one, i) => ({ ...one, ...scored(one, [0.3 + i * 0.001, 0.31 + i * 0.1, 0.32]) }));
  const found = evidenceOf(search({ objective: { metric: 'loss', direction: 'minimize' } }), losses, {
    ...KNOWN,
    baselines: [{ name: 'majority class', mean: 0.69, std: 0, test: 0.69 }],
    refit: { runId: 'refit', testMetrics: { loss: 0.33 } },
  });
  expect(found.winner).toBe(0);
  expect(found.alike).toEqual([]);
  expect(found.baselines[0]!.beaten).toBe(true);
});

const scored = (one: TrialSummary, scores: number[]): Pick<TrialSummary, 'mean' | 'metrics'> => ({
  mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
  metrics: {
    ...one.metrics,
    ...Object.fromEntries(scores.map((score, fold) => [`split${fold}_test_score`, score])),
  },
});

test('ten fold scores and more are told apart by the test', () => {
  const scores = Array.from({ length: 10 }, (_, fold) => 0.8 + (fold % 5) / 100);
  const trials = [
    trial(1, { units: 64 }, scores),
    // Always a little worse, but not by anything that matters.
    trial(
      2,
      { units: 32 },
      scores.map((score, fold) => score - 0.002 - (fold % 2) / 1000),
    ),
    trial(
      3,
      { units: 16 },
      scores.map((score, fold) => score - 0.03 - (fold % 2) / 1000),
    ),
  ];
  const ten = search({ params: { n_splits: 10, n_repeats: 1 }, foldsOfTrial: 10 });
  const found = evidenceOf(ten, trials, KNOWN);
  expect(found.rule).toBe('corrected t-test');
  expect(found.against.p[1]).toBeLessThan(0.05);
  expect(found.alike).toEqual([1]);
  expect(found.repeats).toBeNull();
});

test('one split says so, and no trials say nothing', () => {
  const one = search({ params: { n_splits: 1, n_repeats: 1 }, foldsOfTrial: 1 });
  const found = evidenceOf(one, [trial(1, { units: 64 }, [0.8]), trial(2, { units: 32 }, [0.7])], KNOWN);
  expect(found).toMatchObject({ rule: null, compared: 0, alike: [], simplest: null, leastDifference: null });
  expect(found.verdict).toContainEqual(expect.stringMatching(/^One split/));
  const none = evidenceOf(search({ winnerRunId: null }), [], { ...KNOWN, refit: null, registered: null });
  expect(none).toMatchObject({ winner: null, verdict: [], alike: [] });
});

test('five thousand trials of five folds take no time to speak of', () => {
  const trials = Array.from({ length: 5000 }, (_, i) => {
    const parameters = {
      units: (i % 10) + 1,
      learning_rate: Math.floor(i / 10) % 20,
      dropout: Math.floor(i / 200),
    };
    return trial(
      i,
      parameters,
      Array.from({ length: 5 }, (_, fold) => 0.9 - i / 10_000 - ((i * 7 + fold * 3) % 11) / 500),
    );
  }).sort((a, b) => b.mean! - a.mean!);
  const start = performance.now();
  const found = evidenceOf(
    search({ params: { n_splits: 5 }, foldsOfTrial: 5, winnerRunId: null, trials: 5000 }),
    trials,
    KNOWN,
  );
  expect(found.importances[0]).toMatchObject({ method: 'functional ANOVA', configurations: 5000 });
  // Some tenths of a second; a slow machine may take its time.
  expect(performance.now() - start).toBeLessThan(2000);
});

test('what pruning saved is reckoned by kind, in folds and in epochs of the folds that were stopped', () => {
  const stopped = (index: number, at: number | undefined, scores: number[], model = 'lstm'): TrialSummary => {
    const { mean: _, std: __, ...one } = trial(index, { units: 64, epochs: 10 }, scores, model);
    const { mean_fit_time: ___, ...metrics } = one.metrics;
    const where = at === undefined ? {} : { at: { fold: 0, epoch: at } };
    const pruned = {
      outcome: 'pruned',
      pruned: 'hopeless',
      stop: { rule: 'median', rung: 1, numbers: {}, ...where },
    };
    return { ...one, metrics, mean: undefined, std: undefined, ...pruned };
  };
  // A fold of kind lstm takes 6.4 s, one of kind simple 1 s.
  const complete = [
    trial(1, { units: 64, epochs: 10 }, [0.8, 0.82, 0.81]),
    trial(2, { units: 10, epochs: 10 }, [0.7, 0.72, 0.71], 'simple'),
  ];
  const told = (...pruned: TrialSummary[]) => {
    const known = { leftOut: 0, refit: null, registered: null, baselines: [], cost: () => 1 };
    const { verdict, columns } = evidenceOf(search(), [...complete, ...pruned], known);
    return [
      verdict.find((sentence) => sentence.startsWith('Pruning')),
      columns.stop.map((stop) => stop?.at?.epoch ?? null),
    ];
  };
  expect(told(stopped(3, 3, []), stopped(4, 1, [], 'simple'), stopped(5, undefined, [0.7]))).toEqual([
    // 2 + 0.7 folds of 6.4 s, 2 + 0.9 of 1 s, and 2 of 6.4 s.
    'Pruning stopped 3 of 5 configurations, 2 of them within their first fold, and spared 6 of 15 folds and up to 16 of 20 epochs of those that it stopped, about 33 s of training.',
    [null, null, 3, 1, null],
  ]);
  expect(told(stopped(3, undefined, [0.7]))[0]).toBe(
    'Pruning stopped 1 of 3 configurations and spared 2 of 9 folds, about 13 s of training.',
  );
});

describe('nested cross-validation', () => {
  const pick = (outerFold: number, index: number, score: number) => ({
    outerFold,
    childRunId: `r${index}`,
    configuration: { index, hash: '0'.repeat(12), model: 'lstm', parameters: {} },
    innerMean: 0.8,
    score,
  });
  const nested = {
    metric: 'f1_macro',
    mean: 0.79,
    std: 0.01,
    optimism: 0.02,
    picks: [pick(0, 1, 0.8), pick(1, 2, 0.78), pick(2, 1, 0.79)],
  };

  test('sets the estimate beside the winner’s own score, and tells how often it would have been picked', () => {
    const { verdict } = evidenceOf(search(), TRIALS, { ...KNOWN, nested });
    expect(verdict.slice(1, 3)).toEqual([
      'Nested estimate of the whole search: macro F1 0.790 ± 0.010; the winner’s own 0.810 is optimistic by 0.0200.',
      'The inner folds pick the winner for 2 of 3 outer folds.',
    ]);
  });

  test('does not call a winner optimistic that is not', () => {
    const { verdict } = evidenceOf(search(), TRIALS, { ...KNOWN, nested: { ...nested, optimism: -0.01 } });
    expect(verdict[1]).toMatch(/the winner’s own 0\.810 is not optimistic\.$/);
  });
});
