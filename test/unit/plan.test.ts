/** Plans reckoned from made-up probes, and the ends of a kind's grid. */
import { describe, expect, test } from 'vitest';
import { foldSeconds } from '../../orchestrator/app/estimate.js';
import { type EarlierFold, earlierOf } from '../../orchestrator/app/plan/earlier.js';
import { extremes } from '../../orchestrator/app/plan/extremes.js';
import type { Plan } from '../../orchestrator/app/plan/index.js';
import { type Planned, type Probe, timePlan as planned } from '../../orchestrator/app/plan/plan.js';
import { outlookLines, planLines } from '../../orchestrator/cli/plan.js';
import { configurationAt } from '../../orchestrator/search/index.js';
import type { Configuration, ModelAxes } from '../../queue/index.js';
import { sampled } from '../../worker/probe/sample.js';

const LSTM: ModelAxes = {
  model: 'lstm',
  axes: [
    { parameter: 'units', values: [64, 16, 32] },
    { parameter: 'learning_rate', values: [0.001, 0.01] },
    { parameter: 'epochs', values: [2, 8] },
  ],
};
const TFIDF: ModelAxes = { model: 'tfidf', axes: [{ parameter: 'C', values: [1, 10] }] };
const ROWS = 1600;
const guess = (configuration: Configuration): number => foldSeconds(configuration, ROWS);

const search = (models: ModelAxes[], folds = 3): Planned => ({
  models,
  strategy: { kind: 'grid', order: 'declared' },
  inputs: { train: input, eval: input },
  context: { folds, seed: 1, objective: { metric: 'f1_macro', direction: 'maximize' } },
});
const input = {
  tags: [],
  dataset: { name: 'd', digest: '0', source_type: 'code', source: '{}', profile: '{"num_rows":2400}' },
};
const around = { workers: 2, loadSeconds: 1, trainRows: ROWS, developmentRows: 2400 };

/** Of probes alone. */
const timePlan = (space: Planned, probes: Probe[], more: typeof around & { held?: number }) =>
  planned(space, { probes, earlier: [] }, more);

/** As if this machine paid so many seconds for each that is guessed. */
const probe = (configuration: Configuration, pace: number, more: Partial<Probe> = {}): Probe => ({
  configuration,
  seconds: pace * guess(configuration),
  rows: ROWS,
  once: 0,
  stopped: false,
  memory: 100,
  ...more,
});

test('the ends of a grid are found axis by axis, and one where all cost the same', () => {
  const ends = extremes(LSTM, guess).map(({ parameters }) => parameters);
  expect(ends).toEqual([
    { units: 16, learning_rate: 0.001, epochs: 2 },
    { units: 64, learning_rate: 0.001, epochs: 8 },
  ]);
  expect(extremes(TFIDF, guess)).toHaveLength(1);
});

describe('a plan', () => {
  test('of a machine that is twice as slow as guessed takes twice as long, on its workers, and a refit', () => {
    const space = search([LSTM]);
    const probes = extremes(LSTM, guess).map((one) => probe(one, 2));
    const { kinds, seconds, atLeast, memory } = timePlan(space, probes, around);
    const all = Array.from({ length: 12 }, (_, place) => guess(configurationAt(space, place)));
    const sum = all.reduce((total, one) => total + one, 0);
    // Every fold has its round trips, too.
    const foldsSeconds = 3 * (2 * sum + 12 * 0.02);
    expect(kinds).toEqual([
      {
        model: 'lstm',
        configurations: 12,
        probes,
        earlier: undefined,
        seconds: expect.closeTo(foldsSeconds, 6),
      },
    ]);
    expect(seconds).toBeCloseTo(1 + foldsSeconds / 2 + (foldsSeconds / 36) * 1.5, 6);
    expect(atLeast).toBe(false);
    expect(memory).toBe(100);
    const alone = timePlan(space, probes, { ...around, workers: 1 });
    expect(alone.seconds! - seconds!).toBeCloseTo(foldsSeconds / 2, 6);
  });

  test('goes from the pace of the smallest to that of the largest, and is never shorter than the longest fold', () => {
    const [small, large] = extremes(LSTM, guess) as [Configuration, Configuration];
    const paces = (low: number, high: number): number =>
      timePlan(search([LSTM]), [probe(small, low), probe(large, high)], around).kinds[0]!.seconds!;
    expect(paces(1, 3)).toBeGreaterThan(paces(1, 1));
    expect(paces(1, 3)).toBeLessThan(paces(3, 3));
    const longest = timePlan(search([TFIDF], 2), [probe(extremes(TFIDF, guess)[0]!, 100)], {
      ...around,
      workers: 1000,
    });
    expect(longest.seconds).toBeGreaterThan(longest.kinds[0]!.probes[0]!.seconds!);
  });

  test('says of what it does not know that it does not, or what is least', () => {
    const [small] = extremes(LSTM, guess) as [Configuration];
    const failed = probe(small, 1, { seconds: undefined, rows: 0, memory: undefined, failure: 'no' });
    expect(timePlan(search([LSTM]), [failed], around)).toMatchObject({
      kinds: [{ model: 'lstm', seconds: undefined }],
      seconds: undefined,
      memory: undefined,
    });
    const stopped = probe(small, 1, { seconds: 6, rows: 0, stopped: true });
    expect(timePlan(search([LSTM]), [stopped], around)).toMatchObject({ atLeast: true });
    expect(timePlan(search([LSTM]), [{ ...stopped, rows: 48 }], around)).toMatchObject({ atLeast: false });
  });

  test('does not train what earlier searches hold, and pays for its copies', () => {
    const probes = extremes(LSTM, guess).map((one) => probe(one, 2));
    const [none, third, all] = [0, 12, 36].map(
      (held) => timePlan(search([LSTM]), probes, { ...around, held }).seconds!,
    ) as [number, number, number];
    const { kinds } = timePlan(search([LSTM]), probes, around);
    const whole = kinds[0]!.seconds!;
    const refit = (whole / 36) * 1.5;
    expect(none).toBeCloseTo(1 + whole / 2 + refit, 6);
    expect(third).toBeCloseTo(1 + whole / 3 + 12 * 0.02 + refit, 6);
    expect(all).toBeCloseTo(1 + 36 * 0.02 + refit, 6);
  });

  test('pays once a kind for what is computed once a dataset', () => {
    const probes = extremes(LSTM, guess).map((one, i) => probe(one, 1, { once: 30 + i }));
    const { seconds } = timePlan(search([LSTM]), probes, around);
    const without = timePlan(
      search([LSTM]),
      probes.map((one) => ({ ...one, once: 0 })),
      around,
    );
    expect(seconds! - without.seconds!).toBeCloseTo(31, 6);
  });
});

/** Folds of a search over the same data, on a machine that paid so many seconds for each that is guessed. */
const trained = (
  axes: ModelAxes,
  pace: (configuration: Configuration) => number,
  more: Partial<EarlierFold> = {},
): EarlierFold[] => {
  const space = { models: [axes] };
  const count = axes.axes.reduce((product, { values }) => product * values.length, 1);
  return Array.from({ length: count }, (_, place) => {
    const one = configurationAt(space, place);
    const { model, parameters } = one;
    const seconds = pace(one) * foldSeconds(one, ROWS);
    return { searchId: 's', model, parameters, seconds, rows: ROWS, sameData: true, memory: 200, ...more };
  });
};
const withUnits = (...units: number[]): ModelAxes => ({
  model: 'lstm',
  axes: [{ parameter: 'units', values: units }, ...LSTM.axes.slice(1)],
});

describe('earlier searches', () => {
  test('tell of configurations between theirs, whatever the pace, within a factor of 1.2', () => {
    // The large ones are paid more slowly than guessed, as on a machine whose cache they outgrow.
    const pace = ({ parameters }: Configuration): number => 0.5 + Number(parameters.units) / 64;
    const earlier = earlierOf(withUnits(24, 48), trained(LSTM, pace), ROWS)!;
    expect(earlier).toMatchObject({ model: 'lstm', searches: ['s'], folds: 12, memory: 200 });
    const space = search([withUnits(24, 48)]);
    const { kinds, memory } = planned(space, { probes: [], earlier: [earlier] }, around);
    const truth = Array.from({ length: 8 }, (_, place) => configurationAt(space, place)).reduce(
      (sum, one) => sum + 3 * (pace(one) * guess(one) + 0.02),
      0,
    );
    expect(kinds[0]!.seconds! / truth).toBeGreaterThan(1 / 1.2);
    expect(kinds[0]!.seconds! / truth).toBeLessThan(1.2);
    expect(memory).toBe(200);
  });

  test('with as many rows tell of other data, with far fewer they do not', () => {
    const other = trained(LSTM, () => 2, { sameData: false });
    expect(earlierOf(LSTM, other, ROWS * 2)!.pace(1)).toBeCloseTo(2, 6);
    expect(earlierOf(LSTM, other, ROWS * 4)).toBeUndefined();
    // The same data first, however many there are of the other.
    const same = trained(LSTM, () => 3, { searchId: 'same' });
    expect(earlierOf(LSTM, [...other, ...same], ROWS)).toMatchObject({ searches: ['same'] });
    // Vectors of sentences are computed once, and that was not these.
    const encoder: ModelAxes = { model: 'encoder', axes: [{ parameter: 'C', values: [1, 10] }] };
    expect(
      earlierOf(
        encoder,
        trained(encoder, () => 1),
        ROWS,
      ),
    ).toBeDefined();
    expect(
      earlierOf(
        encoder,
        trained(encoder, () => 1, { sameData: false }),
        ROWS,
      ),
    ).toBeUndefined();
  });

  test('say nothing of what is not like theirs', () => {
    const folds = trained(LSTM, () => 1);
    expect(earlierOf(LSTM, folds.slice(0, 1), ROWS)).toBeUndefined();
    expect(earlierOf(TFIDF, folds, ROWS)).toBeUndefined();
    expect(earlierOf(withUnits(16, 128), folds, ROWS)).toBeDefined();
    expect(earlierOf(withUnits(16, 1024), folds, ROWS)).toBeUndefined();
    const named = (...values: string[]): ModelAxes => ({
      model: 'lstm',
      axes: [...LSTM.axes, { parameter: 'tokenizer', values }],
    });
    const words = trained(named('words'), () => 1);
    expect(earlierOf(named('words'), words, ROWS)).toBeDefined();
    expect(earlierOf(named('words', 'characters'), words, ROWS)).toBeUndefined();
  });
});

test('a budget caps the time, and pruning makes it the most that it can be', () => {
  const known = {
    probes: [],
    earlier: [
      earlierOf(
        LSTM,
        trained(LSTM, () => 10),
        ROWS,
      )!,
    ],
  };
  const space = search([LSTM]);
  const whole = planned(space, known, around);
  expect(whole.atMost).toBeUndefined();
  expect(planned(space, known, { ...around, pruned: true })).toEqual({ ...whole, atMost: 'pruning' });
  const cut = planned(space, known, { ...around, pruned: true, maxDuration: 5 });
  expect(cut.atMost).toBe('max_duration');
  // The winner is refit after it.
  expect(cut.seconds).toBeGreaterThan(1 + 5);
  expect(cut.seconds).toBeLessThan(whole.seconds! / 2);
  expect(planned(space, known, { ...around, maxDuration: 1e6 })).toEqual(whole);
});

test('the first line of a search says what earlier ones tell, or who measures it', () => {
  const size = { configurations: 12, removed: null, folds: 3, held: null, workers: 2 };
  const known = {
    probes: [],
    earlier: [
      earlierOf(
        LSTM,
        trained(LSTM, () => 10),
        ROWS,
      )!,
    ],
  };
  const time = planned(search([LSTM]), known, around);
  const line = (more: object): string =>
    outlookLines({ ...size, time, ...more }, 'my search.yaml', undefined).join('|');
  expect(line({ time: undefined })).toBe(
    "12 configurations × 3 folds = 36 folds; how long: npx gridsearch plan 'my search.yaml'",
  );
  const said =
    /^12 configurations × 3 folds = 36 folds; about \d.* on 2 workers, 1 MB of memory, reckoned from s$/;
  expect(line({})).toMatch(said);
  expect(line({ time: { ...time, seconds: 7205, atMost: 'max_duration' }, removed: 6 })).toContain(
    'constraints removed 6 configurations; at most 2 h 0 min (max_duration) on',
  );
  expect(line({ time: { ...time, seconds: 90, atMost: 'pruning' } })).toContain('; at most 1 min 30 s on');
});

test('80 columns hold all that is said, also of long names and of what went wrong', () => {
  const probes = [
    probe(extremes(LSTM, guess)[0]!, 1, { rows: 48, stopped: true }),
    probe(extremes(LSTM, guess)[1]!, 5000, { rows: 0, stopped: true }),
    probe(extremes(TFIDF, guess)[0]!, 1, {
      seconds: undefined,
      rows: 0,
      failure: 'a class has no training row',
    }),
  ];
  const list: ModelAxes = { model: 'simple', axes: [{ parameter: 'epochs', values: [1, 2] }] };
  const earlier = earlierOf(
    list,
    trained(list, () => 1, { searchId: 's'.repeat(50) }),
    ROWS,
  )!;
  const time = planned(search([LSTM, TFIDF, list]), { probes, earlier: [earlier] }, around);
  const plan = {
    submission: {
      name: 'a rather long name of a search space',
      rows: { warnings: ['w'.repeat(30), 'few rows'] },
    },
    configurations: 1_234_567,
    removed: 1000,
    folds: 10,
    held: 20,
    rows: { development: 240_000, train: 160_000, test: 60_000 },
    workers: { count: 64, from: 'queue' },
    time: { ...time, seconds: 100_000, atLeast: true },
    memory: { process: 3e9, all: 64 * 3e9, machine: 2e9 },
    engine: 'tfjs-node',
  } as unknown as Plan;
  const lines = planLines(plan, 80).flatMap((line) => line.split('\n'));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const text = lines.join(' ').replaceAll(/ +/g, ' ');
  for (const told of [
    'a rather long name of a search space: 1,234,567 configurations × 10 folds = 12,345,670 folds, 20 of them held by earlier searches; constraints removed 1,000 configurations, then a refit of the winner.',
    'Time: at least 27 h 46 min on 64 workers (at the queue now)',
    'which it does not have: use fewer workers',
    'A probe of lstm was stopped after 6 s: reckoned from 48 rows alone.',
    'A probe of lstm was stopped after 6 s: a fold takes longer than that.',
    'A probe of tfidf failed: a class has no training row',
    `simple: by 2 folds of ${'s'.repeat(50)}, nothing tried.`,
    'Warning: few rows',
  ])
    expect(text).toContain(told);
});

test('a sample has every class, and each in proportion', () => {
  const labels = Array.from({ length: 100 }, (_, row) => (row === 99 ? 2 : Number(row >= 60)));
  const rows = { texts: labels.map((_, row) => `t${row}`), labels };
  const { texts, labels: kept } = sampled(rows, 20);
  expect(kept).toEqual([...Array(12).fill(0), ...Array(8).fill(1), 2]);
  expect(texts.every((text, i) => labels[Number(text.slice(1))] === kept[i])).toBe(true);
  expect(sampled(rows, 100)).toEqual(rows);
});
