/** Which trials and folds the rules stop, and with which numbers. */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../learning/random/index.js';
import {
  EPOCH_RULES,
  epochBars,
  epochRungs,
  FOLD_RULES,
  type FoldEvidence,
  raceStops,
} from '../../../orchestrator/search/pruners/index.js';
import type { Observation } from '../../../orchestrator/search/strategies/index.js';
import { watchEpochs } from '../../../worker/epoch-pruning.js';

/** The incumbent has a mean of 0.8 and a worst fold of 0.7. */
const folds = (scores: number[], rest: Partial<FoldEvidence> = {}): FoldEvidence => ({
  direction: 'maximize',
  scores,
  incumbent: { index: 4, scores: [0.8, 0.7, 0.9] },
  testShare: 0.5,
  ...rest,
});

/** The same case for a score that is to be small. */
const mirrored = ({ scores, incumbent, ...rest }: FoldEvidence): FoldEvidence => ({
  ...rest,
  direction: 'minimize',
  scores: scores.map((score) => -score),
  incumbent: incumbent && { ...incumbent, scores: incumbent.scores.map((score) => -score) },
});

describe.each([
  ['forgiving', 0.7, 'incumbentWorst'],
  ['aggressive', 0.8, 'incumbentMean'],
] as const)('%s', (rule, bar, name) => {
  const { decide } = FOLD_RULES[rule];

  test('stops a trial whose mean so far is not better than the bar, and tells both', () => {
    expect(decide(folds([bar - 0.01]))).toEqual({
      rule,
      rung: 1,
      numbers: { mean: bar - 0.01, [name]: expect.closeTo(bar), incumbent: 4 },
    });
    expect(decide(folds([bar + 0.01]))).toBeUndefined();
    expect(decide(folds([bar + 0.04, bar - 0.06]))).toMatchObject({ rung: 2 });
    expect(decide(folds([bar + 0.06, bar - 0.04]))).toBeUndefined();
  });

  test('stops at the bar itself, as the first of equals wins', () => {
    const incumbent = { index: 0, scores: [bar, bar] };
    expect(decide(folds([bar], { incumbent }))).toBeDefined();
  });

  test('is the same upside down for a score that is to be small', () => {
    expect(decide(mirrored(folds([bar - 0.01])))).toMatchObject({ numbers: { mean: 0.01 - bar } });
    expect(decide(mirrored(folds([bar + 0.01])))).toBeUndefined();
  });
});

test('the t-test stops what is worse on the same folds by more than their spread', () => {
  const { decide } = FOLD_RULES.corrected_t_test;
  // Worse by 0.04 and 0.06: t = −0.05 / (0.0141 · √(1/2 + 1/2)) with one degree of freedom.
  const stop = decide(folds([0.76, 0.64]));
  expect(stop).toMatchObject({ rule: 'corrected_t_test', rung: 2, numbers: { alpha: 0.1, incumbent: 4 } });
  expect(stop!.numbers.difference).toBeCloseTo(-0.05, 10);
  expect(stop!.numbers.p).toBeCloseTo(0.5 - Math.atan(0.05 / Math.sqrt(0.0002)) / Math.PI, 10);
  // As much worse on average, but by 0 and 0.1: luck.
  expect(decide(folds([0.8, 0.6]))).toBeUndefined();
  // With fewer rows in common the same differences say more.
  const wide = folds([0.768, 0.644]);
  expect(decide(wide)).toBeUndefined();
  expect(decide({ ...wide, testShare: 0.1 })).toBeDefined();
  expect(decide(folds([0.84, 0.76]))).toBeUndefined();
  expect(decide(mirrored(folds([0.76, 0.64])))!.numbers).toEqual({
    ...stop!.numbers,
    difference: expect.closeTo(0.05),
  });
});

test('the t-test needs two folds, and takes a difference without spread for certain', () => {
  const { decide } = FOLD_RULES.corrected_t_test;
  expect(decide(folds([0.1]))).toBeUndefined();
  expect(decide(folds([0.7, 0.6]))).toMatchObject({ numbers: { p: 0 } });
  expect(decide(folds([0.8, 0.7]))).toBeUndefined();
});

test.each(Object.keys(FOLD_RULES) as (keyof typeof FOLD_RULES)[])(
  '%s stops nobody without an incumbent, nor for a score that is missing',
  (rule) => {
    const { decide } = FOLD_RULES[rule];
    expect(decide(folds([0.1, 0.09], { incumbent: undefined }))).toBeUndefined();
    for (const missing of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(decide(folds([0.1, missing]))).toBeUndefined();
      expect(decide(folds([missing]))).toBeUndefined();
    }
    expect(
      decide(folds([0.1, 0.09], { incumbent: { index: 0, scores: [Number.NaN, 0.7, 0.9] } })),
    ).toBeUndefined();
    expect(decide(folds([]))).toBeUndefined();
  },
);

describe('a race', () => {
  const trial = (index: number, outcome: Observation['outcome'], ...scores: number[]): Observation => ({
    configuration: { index, hash: `${index}`, model: 'simple', parameters: {} },
    outcome,
    scores,
  });
  const racer = (index: number, ...scores: number[]) => trial(index, 'complete', ...scores);
  const stops = (
    rule: keyof typeof FOLD_RULES,
    history: Observation[],
    racers: Observation[],
    direction: 'maximize' | 'minimize' = 'maximize',
  ) =>
    raceStops(FOLD_RULES[rule], { direction, history, racers, testShare: 0.5 }).map((stop) => stop?.numbers);

  test('is against the best of the complete trials, the first of equal ones', () => {
    const history = [
      trial(0, 'complete', 0.5, 0.7),
      trial(1, 'complete', 0.8, 0.6),
      trial(2, 'complete', 0.7, 0.7),
      trial(3, 'pruned', 0.95),
      trial(4, 'failed', 0.9, Number.NaN),
      trial(5, 'complete'),
    ];
    const racers = [racer(20, 0.65), racer(21, 0.55), racer(22, Number.NaN)];
    expect(stops('forgiving', history, racers)).toEqual([
      undefined,
      { mean: 0.55, incumbentWorst: 0.6, incumbent: 1 },
      undefined,
    ]);
    expect(stops('forgiving', history, [racer(20, 0.65), racer(21, 0.75)], 'minimize')).toEqual([
      undefined,
      { mean: 0.75, incumbentWorst: 0.7, incumbent: 0 },
    ]);
  });

  test('is against the leader of the generation until there is a complete trial, from the second fold on', () => {
    const history = [trial(0, 'failed', 0.9, Number.NaN)];
    const first = [racer(8, 0.9), racer(9, 0.1)];
    expect(stops('aggressive', history, first)).toEqual([undefined, undefined]);
    const second = [racer(8, 0.9, 0.7), racer(9, 0.1, 0.2), racer(10, 0.8, 0.75), racer(11, 0.9, 0.7)];
    expect(stops('forgiving', history, second)).toEqual([
      undefined,
      { mean: expect.closeTo(0.15), incumbentWorst: 0.7, incumbent: 8 },
      undefined,
      undefined,
    ]);
    expect(stops('aggressive', history, second).map((numbers) => numbers?.incumbent)).toEqual([
      undefined,
      8,
      8,
      8,
    ]);
  });

  test('never stops the leader, even one whose folds are all equal', () => {
    const equal = [racer(0, 0.5, 0.5), racer(1, 1, 1), racer(2, 1, 1)];
    expect(stops('forgiving', [], equal).map((numbers) => numbers === undefined)).toEqual([
      false,
      true,
      false,
    ]);
  });
});

const OTHERS = [0.9, 0.1, 0.5, 0.3, 0.7];

test('the median rule takes the median of the others, once five came as far', () => {
  const { bar } = EPOCH_RULES.median;
  for (const direction of ['maximize', 'minimize'] as const) {
    expect(bar(OTHERS, direction)).toEqual({ bar: 0.5, numbers: { others: 5 } });
    expect(bar([...OTHERS, 0.8], direction)).toEqual({ bar: 0.6, numbers: { others: 6 } });
    expect(bar(OTHERS.slice(1), direction)).toBeUndefined();
  }
});

test('successive halving takes the last of the best third, the fold itself among them', () => {
  const { bar } = EPOCH_RULES.successive_halving;
  expect(bar(OTHERS, 'maximize')).toEqual({ bar: 0.7, numbers: { place: 2, others: 5 } });
  expect(bar(OTHERS, 'minimize')).toEqual({ bar: 0.3, numbers: { place: 2, others: 5 } });
  expect(bar([0.5, 0.4], 'maximize')).toEqual({ bar: 0.5, numbers: { place: 1, others: 2 } });
  expect(bar([0.5], 'maximize')).toBeUndefined();
  expect(bar([], 'maximize')).toBeUndefined();
});

describe('bars', () => {
  const trial = (index: number, model: string, ...scores: number[]) => ({
    configuration: { index, hash: `${index}`, model, parameters: {} },
    ...(scores.length > 0 && { rungs: scores.map((score, i) => ({ epoch: 3 ** i, score })) }),
  });

  test('are of those of the same kind that came as far, stopped there or not', () => {
    const history = [
      trial(0, 'simple', 0.1, 0.2),
      trial(1, 'lstm', 0.9, 0.95),
      trial(2, 'simple', 0.3),
      trial(3, 'simple', 0.5, 0.6),
      trial(4, 'tfidf'),
      trial(5, 'simple', 0.4, Number.NaN),
      trial(6, 'lstm', 0.8),
    ];
    expect(epochBars(EPOCH_RULES.successive_halving, history, 'maximize')).toEqual({
      simple: [
        { epoch: 1, bar: 0.5, numbers: { place: 1, others: 4 } },
        { epoch: 3, bar: 0.6, numbers: { place: 1, others: 2 } },
      ],
      lstm: [{ epoch: 1, bar: 0.9, numbers: { place: 1, others: 2 } }],
      tfidf: [],
    });
    expect(epochBars(EPOCH_RULES.median, history, 'maximize')).toEqual({ simple: [], lstm: [], tfidf: [] });
  });

  test('do not grow with the number of trials', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => trial(index, 'simple', index, index));
    expect(epochBars(EPOCH_RULES.median, many, 'maximize').simple).toEqual([
      { epoch: 1, bar: 4999.5, numbers: { others: 10_000 } },
      { epoch: 3, bar: 4999.5, numbers: { others: 10_000 } },
    ]);
  });
});

describe('a fold', () => {
  const held = (bars: Record<number, number>, direction: 'maximize' | 'minimize' = 'maximize') =>
    watchEpochs(
      {
        fold: 0,
        pruning: {
          rule: 'median',
          epochs: [1, 3, 9],
          bars: Object.entries(bars).map(([epoch, bar]) => ({
            epoch: Number(epoch),
            bar,
            numbers: { others: 5 },
          })),
        },
      },
      { direction },
    );

  test('is stopped at a fixed epoch when its best so far is worse than the bar', () => {
    const watch = held({ 1: 0.5, 3: 0.6 });
    expect([0.55, 0.7, 0.5].map((score, i) => watch.see(i + 1, score))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(watch.rungs).toEqual([
      { epoch: 1, score: 0.55 },
      { epoch: 3, score: 0.7 },
    ]);
    const worse = held({ 1: 0.5, 3: 0.6 });
    expect([0.55, 0.59].map((score, i) => worse.see(i + 1, score))).toEqual([undefined, undefined]);
    expect(worse.see(3, 0.1)).toEqual({
      rule: 'median',
      rung: 2,
      at: { fold: 0, epoch: 3 },
      numbers: { score: 0.59, bar: 0.6, others: 5 },
    });
    expect(worse.rungs.at(-1)).toEqual({ epoch: 3, score: 0.59 });
  });

  test('goes on at the bar itself, and in the other direction', () => {
    expect(held({ 1: 0.5 }).see(1, 0.5)).toBeUndefined();
    expect(held({ 1: 0.5 }, 'minimize').see(1, 0.49)).toBeUndefined();
    expect(held({ 1: 0.5 }, 'minimize').see(1, 0.51)).toMatchObject({ numbers: { score: 0.51 } });
  });

  test('is not stopped between fixed epochs, without a bar, nor without a score', () => {
    const watch = held({ 3: 0.9 });
    expect([0.1, 0.1].map((score, i) => watch.see(i + 1, score))).toEqual([undefined, undefined]);
    const unscored = held({ 1: 0.9 });
    expect(unscored.see(1, Number.NaN)).toBeUndefined();
    expect(unscored.rungs).toEqual([]);
    const plain = watchEpochs({ fold: 0 }, { direction: 'maximize' });
    expect(plain.see(1, 0.1)).toBeUndefined();
    expect(plain.rungs).toEqual([]);
  });

  test.each(['maximize', 'minimize'] as const)(
    'that successive halving stops (%s) is not in the best third',
    (direction) => {
      const random = randomStream(7, direction);
      for (let round = 0; round < 300; round++) {
        const others = Array.from({ length: 2 + (round % 12) }, () => Math.round(random.uniform() * 8) / 8);
        const score = Math.round(random.uniform() * 8) / 8;
        const [bar] = epochBars(
          EPOCH_RULES.successive_halving,
          others.map((one, index) => trialOf(index, one)),
          direction,
        ).simple!;
        const watch = watchEpochs(
          { fold: 0, pruning: { rule: 'successive_halving', epochs: [1], bars: [bar!] } },
          { direction },
        );
        const better = others.filter((one) => (direction === 'maximize' ? one > score : one < score)).length;
        expect(watch.see(1, score) !== undefined).toBe(better + 1 > Math.floor((others.length + 1) / 3));
      }
    },
  );

  const trialOf = (index: number, score: number) => ({
    configuration: { index, hash: `${index}`, model: 'simple', parameters: {} },
    rungs: [{ epoch: 1, score }],
  });
});

test('rungs triple, and none is at the last epoch', () => {
  expect(epochRungs(1)).toEqual([]);
  expect(epochRungs(5)).toEqual([1, 3]);
  expect(epochRungs(9)).toEqual([1, 3]);
  expect(epochRungs(30)).toEqual([1, 3, 9, 27]);
});
