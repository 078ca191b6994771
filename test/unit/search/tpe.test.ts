/** What follows from results: the tree-structured Parzen estimator, on functions whose best point is known. */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../learning/random/index.js';
import { submission } from '../../../orchestrator/app/prepare.js';
import { type Observation, STRATEGIES, trialCount } from '../../../orchestrator/search/strategies/index.js';
import { mixtureOf } from '../../../orchestrator/search/strategies/tpe/mixture.js';
import { below } from '../../../orchestrator/search/strategies/tpe/normal.js';
import { type Side, sidesOf } from '../../../orchestrator/search/strategies/tpe/sides.js';
import { split } from '../../../orchestrator/search/strategies/tpe/split.js';
import { parseSearchSpace } from '../../../orchestrator/space/index.js';
import type { Configuration, ModelAxes } from '../../../queue/index.js';

const parse = (strategy: string, models: string, rest = '') =>
  parseSearchSpace(
    `name: test\ndataset: { source: uci-sentiment }\nstrategy: ${strategy}\nmodels: ${models}\n${rest}`,
    'test.yaml',
  );

type Score = (configuration: Configuration) => number;

/** A search as the orchestrator carries it out: a generation is told what all but the one before gave. */
function search(
  score: Score,
  asked: { kind?: string; models: string; options?: string; rest?: string },
): Observation[] {
  const { kind = 'tpe', models, options = 'max_trials: 40', rest = '' } = asked;
  const space = submission(parse(`{ kind: ${kind}, ${options} }`, models, rest));
  const strategy = STRATEGIES[kind]!;
  const total = trialCount({ ...space, context: space });
  const size = strategy.generationSize?.(space) ?? total;
  const seen: Observation[] = [];
  for (let number = 0; number * size < total; number++) {
    const from = number * size;
    const history = strategy.adaptive ? seen.slice(0, Math.max(0, from - size)) : [];
    for (const configuration of strategy.propose(space, history, {
      number,
      from,
      to: Math.min(total, from + size),
    }))
      seen.push({ configuration, outcome: 'complete', scores: [score(configuration)] });
  }
  return seen;
}

const hashes = (seen: readonly Observation[]): string[] =>
  seen.map(({ configuration }) => configuration.hash);
const bestOf = (seen: readonly Observation[]): number => Math.max(...seen.map(({ scores }) => scores[0]!));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Parameters of two kinds: on a log scale, whole, between, listed, named. The best scores 0. */
const KINDS = `{
  lstm: { learning_rate: { min: 0.0001, max: 0.1, scale: log }, units: { min: 16, max: 256, scale: log }, dropout: { min: 0, max: 0.6 }, layers: [1, 2, 3], tokenizer: [words, characters] },
  simple: { learning_rate: { min: 0.0001, max: 0.1, scale: log }, dropout: { min: 0, max: 0.6 } } }`;

const score: Score = ({ model, parameters: { learning_rate, units, dropout, layers, tokenizer } }) => {
  const rate = (Math.log10(Number(learning_rate)) + 2.5) ** 2;
  if (model === 'simple') return -0.5 - rate - (Number(dropout) - 0.2) ** 2;
  const size = (Math.log2(Number(units)) - 6.5) ** 2 / 4 + (Number(layers) - 2) ** 2 / 4;
  return -rate - size - (Number(dropout) - 0.3) ** 2 - (tokenizer === 'words' ? 0.3 : 0);
};

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1);

test('finds better ones than chance in as many trials, over many seeds', () => {
  const over = (kind: string) =>
    mean(
      SEEDS.map((seed) =>
        bestOf(search(score, { kind, models: KINDS, options: `max_trials: 50, seed: ${seed}` })),
      ),
    );
  const [tpe, random, sobol] = [over('tpe'), over('random'), over('sobol')];
  // How far it is from the best, 0: a third less.
  expect(tpe).toBeGreaterThan((random * 2) / 3);
  expect(tpe).toBeGreaterThan((sobol * 2) / 3);
});

test('minimizes where the objective is to be', () => {
  const models =
    '{ simple: { dropout: { min: 0, max: 0.6 }, learning_rate: { min: 0.001, max: 0.1, scale: log } } }';
  const at = (rest: string) => {
    const seen = search(({ parameters }) => Number(parameters.dropout), { models, rest });
    return mean(seen.slice(16).map(({ scores }) => scores[0]!));
  };
  expect(at('objective: { metric: loss }')).toBeLessThan(0.15);
  expect(at('objective: { metric: accuracy }')).toBeGreaterThan(0.45);
});

test('tries the kind more that is better, and that kind’s parameters where they are good', () => {
  const seen = search(score, { models: KINDS, options: 'max_trials: 80' }).slice(40);
  const lstm = seen.filter(({ configuration }) => configuration.model === 'lstm');
  expect(lstm.length).toBeGreaterThan(25);
  const off = lstm.map(({ configuration: { parameters } }) =>
    Math.abs(Math.log10(Number(parameters.learning_rate)) + 2.5),
  );
  // Of points spread evenly it would be 0.83.
  expect(mean(off)).toBeLessThan(0.5);
  // Parameters hang on their kind: none has the other's.
  for (const { configuration } of seen)
    expect('units' in configuration.parameters).toBe(configuration.model === 'lstm');
});

describe('what it proposes', () => {
  const asked = { models: KINDS, options: 'max_trials: 45, generation: 7, seed: 3' };
  const seen = search(score, asked);

  test('begins with the points of Sobol, two generations and at least ten', () => {
    const even = search(score, { ...asked, kind: 'sobol', options: 'max_trials: 45, seed: 3' });
    expect(hashes(seen).slice(0, 14)).toEqual(hashes(even).slice(0, 14));
    expect(hashes(seen).slice(14, 21)).not.toEqual(hashes(even).slice(14, 21));
    const one = search(score, { ...asked, options: 'max_trials: 20, generation: 1, seed: 3' });
    expect(hashes(one).slice(0, 10)).toEqual(hashes(even).slice(0, 10));
    expect(hashes(one).slice(10)).not.toEqual(hashes(even).slice(10, 20));
  });

  test('is the same for the same seed, and other things for another', () => {
    expect(search(score, asked)).toEqual(seen);
    expect(
      hashes(search(score, { ...asked, options: asked.options.replace('seed: 3', 'seed: 4') })),
    ).not.toEqual(hashes(seen));
  });

  test('follows from all results but those of the generation before, whatever those are', () => {
    const space = submission(parse(`{ kind: tpe, ${asked.options} }`, KINDS));
    const generation = { number: 4, from: 28, to: 35 };
    const propose = (history: readonly Observation[]) => STRATEGIES.tpe!.propose(space, history, generation);
    expect(propose(seen.slice(0, 21)).map(({ hash }) => hash)).toEqual(hashes(seen).slice(28, 35));
    expect(propose(seen)).toEqual(propose(seen.slice(0, 21)));
    const other = seen.slice(0, 21).map((one, i) => (i === 20 ? { ...one, scores: [1] } : one));
    expect(propose(other)).not.toEqual(propose(seen.slice(0, 21)));
  });

  test('is numbered, within the ranges, and never repeats, not even what is under way', () => {
    expect(seen.map(({ configuration }) => configuration.index)).toEqual([...Array(45).keys()]);
    expect(new Set(hashes(seen)).size).toBe(45);
    for (const { configuration } of seen) {
      const { learning_rate, units = 16, dropout } = configuration.parameters;
      expect(Number(learning_rate)).toBeGreaterThanOrEqual(0.0001);
      expect(Number(learning_rate)).toBeLessThanOrEqual(0.1);
      expect(Number.isInteger(units)).toBe(true);
      expect(Number(dropout)).toBeLessThanOrEqual(0.6);
    }
  });

  test('is all of a finite space in the end, each once', () => {
    const models =
      '{ lstm: { units: [8, 16, 32, 64], layers: [1, 2] }, tfidf: { sublinear_tf: [false, true] } }';
    const all = search(({ index }) => index, { models, options: 'max_trials: 100, generation: 3' });
    expect(all).toHaveLength(10);
    expect(new Set(hashes(all)).size).toBe(10);
  });

  test('satisfies constraints', () => {
    const rest = 'where: "lstm.units * lstm.layers <= 64"';
    const all = search(score, { models: KINDS, rest });
    expect(all).toHaveLength(40);
    for (const {
      configuration: { model, parameters },
    } of all)
      expect(model === 'simple' || Number(parameters.units) * Number(parameters.layers) <= 64).toBe(true);
  });
});

const observed = (
  index: number,
  outcome: Observation['outcome'],
  scores: readonly number[],
): Observation => ({
  configuration: { index, hash: 'abcdefabcdef', model: 'lstm', parameters: {} },
  outcome,
  scores,
});

test('a stopped trial is behind all complete ones, and one without a score behind all and never good', () => {
  const history = [
    observed(0, 'failed', [0.99, Number.NaN]),
    observed(1, 'pruned', [0.9, Number.NaN]),
    observed(2, 'complete', [0.1, 0.2]),
    observed(3, 'pruned', [0.95, Number.NaN]),
    observed(4, 'complete', [0.6, 0.4]),
    observed(5, 'complete', [Number.NaN, 0.9]),
  ];
  const order = (direction: 'maximize' | 'minimize') => {
    const { good, bad } = split(history, direction);
    return [...good, ...bad].map(({ configuration }) => configuration.index);
  };
  expect(order('maximize')).toEqual([4, 2, 3, 1, 0, 5]);
  expect(order('minimize')).toEqual([2, 4, 1, 3, 0, 5]);
  expect(split(history, 'maximize').good).toHaveLength(1);
  expect(split([history[0]!], 'maximize').good).toEqual([]);
  const many = Array.from({ length: 400 }, (_, index) => observed(index, 'complete', [index]));
  expect(split(many, 'maximize').good).toHaveLength(25);
});

test('one that was stopped within its first fold is behind those stopped between folds, who came further before others', () => {
  const within = (index: number, ...scores: number[]): Observation => ({
    ...observed(index, 'pruned', [Number.NaN, Number.NaN]),
    rungs: scores.map((score, i) => ({ epoch: 3 ** i, score })),
  });
  const history = [
    within(0, 0.99),
    within(1, 0.2, 0.3),
    within(2, 0.1, 0.4),
    observed(3, 'pruned', [0.1, Number.NaN]),
    observed(4, 'failed', [Number.NaN, Number.NaN]),
    within(5),
    { ...observed(6, 'complete', [0.1, 0.1]), rungs: [{ epoch: 1, score: 0.05 }] },
    within(7, 0.5),
  ];
  const order = (direction: 'maximize' | 'minimize') => {
    const { good, bad } = split(history, direction);
    return [...good, ...bad].map(({ configuration }) => configuration.index);
  };
  expect(order('maximize')).toEqual([6, 3, 2, 1, 0, 7, 4, 5]);
  expect(order('minimize')).toEqual([6, 3, 1, 2, 7, 0, 4, 5]);
});

test('its density is one: all cells add up, and draws come as often as it says', () => {
  const axes: ModelAxes['axes'] = [
    { parameter: 'units', values: [4, 9], range: { min: 4, max: 9, scale: 'log', integer: true } },
    { parameter: 'pooling', values: ['mean', 'max', 'cls'] },
  ];
  const kinds: Side[][] = [sidesOf({ model: 'a', axes }), sidesOf({ model: 'b', axes: [axes[1]!] })];
  const cells = (kind: number, ...values: (number | string)[]) => ({
    kind,
    cells: kinds[kind]!.map((side, i) => side.cellOf(values[i]!)),
  });
  const mixture = mixtureOf(kinds, [cells(0, 5, 'mean'), cells(0, 6, 'cls'), cells(1, 'max')]);
  const all = [
    ...[4, 5, 6, 7, 8, 9].flatMap((units) =>
      ['mean', 'max', 'cls'].map((pooling) => [0, units, pooling] as const),
    ),
    ...['mean', 'max', 'cls'].map((pooling) => [1, pooling] as const),
  ];
  const masses = new Map(
    all.map(([kind, ...values]) => [`${kind} ${values}`, mixture.at(cells(kind, ...values))]),
  );
  expect([...masses.values()].reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 6);
  const random = randomStream(1, 'test');
  const counts = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const { kind, values } = mixture.draw(random);
    counts.set(`${kind} ${values}`, (counts.get(`${kind} ${values}`) ?? 0) + 1);
  }
  for (const [value, mass] of masses)
    expect(Math.abs((counts.get(value) ?? 0) / 20_000 - mass)).toBeLessThan(0.015);
});

test('the normal distribution is right to its tails', () => {
  for (const [x, probability] of [
    [0, 0.5],
    [1.959963984540054, 0.975],
    [-3, 0.0013498980316300933],
    [-8, 6.220960574271785e-16],
  ] as const)
    expect(Math.abs(below(x) / probability - 1)).toBeLessThan(1e-6);
});

test.each([
  [
    '{ kind: tpe }',
    'test.yaml:3:1: strategy.max_trials: is missing; add it: a whole number from 1 to 100000',
  ],
  [
    '{ kind: tpe, max_trials: 5, generation: 0 }',
    'test.yaml:3:51: strategy.generation: is out of range (value 0); give a whole number from 1 to 1000',
  ],
  [
    '{ kind: sobol, max_trials: 5, generation: 4 }',
    'strategy.generation: does not go with kind: sobol, which reads no results, unless there is pruning; remove it',
  ],
  [
    '{ kind: tpe, max_trials: 5, order: spread }',
    'strategy.order: does not go with kind: tpe, which draws; remove it',
  ],
])('strategy: %s is refused in one line', (strategy, message) => {
  expect(() => parse(strategy, '{ simple: {} }')).toThrow(message);
});

test('its generations are part of what a run says of its search', () => {
  const { parameters, strategy } = submission(parse('{ kind: tpe, max_trials: 5 }', '{ simple: {} }'));
  expect(parameters).toMatchObject({ strategy: 'tpe', generation: 8, max_trials: 5 });
  expect(strategy).toEqual({ kind: 'tpe', generation: 8, max_trials: 5 });
});
