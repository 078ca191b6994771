/** Which configurations strategies propose, and in which order. */
import { describe, expect, it, test } from 'vitest';
import { submission } from '../../../orchestrator/app/prepare.js';
import { STRATEGIES, sampleOf, trialCount } from '../../../orchestrator/search/index.js';
import { sobolPoints } from '../../../orchestrator/search/strategies/sobol.js';
import { parseSearchSpace } from '../../../orchestrator/space/index.js';
import type { Configuration } from '../../../queue/index.js';

const spaceOf = (strategy: string, models: string) => {
  const text = `name: test\ndataset: { source: uci-sentiment }\nstrategy: ${strategy}\nmodels: ${models}\n`;
  const asked = submission(parseSearchSpace(text, 'test.yaml'));
  return {
    models: [...asked.models],
    strategy: asked.strategy,
    seed: asked.seed,
    objective: asked.objective,
  };
};

function propose(strategy: string, models: string, from = 0, to?: number): Configuration[] {
  const space = spaceOf(strategy, models);
  const chosen = STRATEGIES[space.strategy.kind]!;
  return chosen.propose(space, [], { number: 0, from, to: to ?? chosen.total(space) });
}

const GRID = `{ lstm: { units: [8, 16, 32, 64], dropout: [0, 0.2, 0.4], learning_rate: { min: 0.001, max: 0.1, steps: 10, scale: log } }, simple: { dropout: [0, 0.3], embedding_dim: [8, 16, 32] } }`;
const MIXED = `{ lstm: { units: { min: 16, max: 256, scale: log }, dropout: { min: 0, max: 0.6 }, layers: [1, 2] }, simple: { dropout: [0, 0.3] } }`;

const shareOf = (configurations: readonly Configuration[], is: (one: Configuration) => boolean): number =>
  configurations.filter(is).length / configurations.length;

describe('a grid', () => {
  test('of 100 configurations or more is spread, and a smaller one is not', () => {
    expect(spaceOf('{}', GRID).strategy).toEqual({ kind: 'grid', order: 'spread' });
    expect(spaceOf('{}', '{ simple: { dropout: [0, 0.3] } }').strategy).toEqual({
      kind: 'grid',
      order: 'declared',
    });
    expect(spaceOf('{ order: declared }', GRID).strategy.order).toBe('declared');
  });

  test('has the same configurations in either order, each once', () => {
    const declared = propose('{ order: declared }', GRID);
    const spread = propose('{ order: spread }', GRID);
    expect(spread).toHaveLength(126);
    expect(spread.map(({ hash }) => hash).sort()).toEqual(declared.map(({ hash }) => hash).sort());
    expect(spread.map(({ index }) => index)).toEqual(declared.map(({ index }) => index));
  });

  test.each([1, 2, 3, 4, 5])(
    'spread by seed %i has every value in proportion in all its beginnings',
    (seed) => {
      for (const count of [16, 32, 64]) {
        const some = propose(`{ seed: ${seed}, max_trials: ${count} }`, GRID);
        expect(some).toHaveLength(count);
        const lstm = some.filter(({ model }) => model === 'lstm');
        expect(Math.abs(lstm.length / count - 120 / 126)).toBeLessThan(0.1);
        for (const units of [8, 16, 32, 64])
          expect(
            Math.abs(shareOf(lstm, ({ parameters }) => parameters.units === units) - 1 / 4),
          ).toBeLessThan(0.15);
        for (const dropout of [0, 0.2, 0.4])
          expect(
            Math.abs(shareOf(lstm, ({ parameters }) => parameters.dropout === dropout) - 1 / 3),
          ).toBeLessThan(0.15);
        const rates = new Set(lstm.map(({ parameters }) => parameters.learning_rate));
        expect(rates.size).toBe(10);
      }
    },
  );

  test('of millions is spread by the place, without being held', () => {
    const large = `{ lstm: { dropout: { min: 0, max: 0.5, steps: 1000 }, learning_rate: { min: 0.001, max: 0.1, steps: 5000 } } }`;
    const [last] = propose('{ order: spread }', large, 4_999_999, 5_000_000);
    expect(last!.index).toBe(4_999_999);
    expect(propose('{ order: spread }', large, 4_999_999, 5_000_000)).toEqual([last]);
  });
});

describe.each(['random', 'sobol'])('%s', (kind) => {
  const strategy = `{ kind: ${kind}, max_trials: 40 }`;

  it('draws what it says, within the ranges, none twice, of every kind', () => {
    const drawn = propose(strategy, MIXED);
    expect(drawn).toHaveLength(40);
    expect(new Set(drawn.map(({ hash }) => hash)).size).toBe(40);
    expect(drawn.map(({ index }) => index)).toEqual([...Array(40).keys()]);
    // Of two configurations there are no more.
    expect(drawn.filter(({ model }) => model === 'simple')).toHaveLength(2);
    const lstm = drawn.filter(({ model }) => model === 'lstm').map(({ parameters }) => parameters);
    for (const { units, dropout, layers } of lstm) {
      expect(Number.isInteger(units)).toBe(true);
      expect(units).toBeGreaterThanOrEqual(16);
      expect(units).toBeLessThanOrEqual(256);
      expect(dropout).toBeGreaterThanOrEqual(0);
      expect(dropout).toBeLessThanOrEqual(0.6);
      expect([1, 2]).toContain(layers);
    }
    // A log scale has as many below 64 as above.
    const low = lstm.filter(({ units }) => Number(units) < 64).length / lstm.length;
    expect(Math.abs(low - 0.5)).toBeLessThan(0.2);
  });

  it('proposes the same wherever it is asked from, and other things for another seed', () => {
    const all = propose(strategy, MIXED);
    expect(propose(strategy, MIXED, 17, 25)).toEqual(all.slice(17, 25));
    expect(propose(`{ kind: ${kind}, max_trials: 40, seed: 8 }`, MIXED)).not.toEqual(all);
  });

  it('ends when a finite space has no more, with all of it', () => {
    const drawn = propose(`{ kind: ${kind}, max_trials: 1000 }`, GRID);
    expect(drawn).toHaveLength(126);
    expect(new Set(drawn.map(({ hash }) => hash)).size).toBe(126);
    const whole = `{ lstm: { units: { min: 1, max: 30, scale: log } } }`;
    const units = propose(`{ kind: ${kind}, max_trials: 1000 }`, whole).map(
      ({ parameters }) => parameters.units,
    );
    expect(units.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 30 }, (_, k) => k + 1));
  });
});

test('the points of Sobol are those that SciPy has, and fill the square more evenly than chance', () => {
  const points = sobolPoints(21);
  const first = Array.from({ length: 128 }, () => [...points.next().value]);
  expect(first[5]).toEqual([
    3758096384, 3758096384, 536870912, 1610612736, 3758096384, 2684354560, 3758096384, 1610612736, 1610612736,
    536870912, 1610612736, 3758096384, 3758096384, 536870912, 3758096384, 1610612736, 3758096384, 1610612736,
    1610612736, 2684354560, 2684354560,
  ]);
  expect(first[100]).toEqual([
    1778384896, 1107296256, 3321888768, 3120562176, 3791650816, 3187671040, 100663296, 2046820352, 2717908992,
    2986344448, 1979711488, 2919235584, 2046820352, 3657433088, 1375731712, 2113929216, 2919235584,
    3187671040, 3590324224, 1442840576, 3254779904,
  ]);
  const square = '{ lstm: { dropout: { min: 0, max: 0.8 }, input_dropout: { min: 0, max: 0.8 } } }';
  const emptyCells = (kind: string, seed: number): number => {
    const cells = propose(`{ kind: ${kind}, max_trials: 64, seed: ${seed} }`, square).map(
      ({ parameters: { dropout, input_dropout } }) =>
        `${Math.floor(Number(dropout) * 10)} ${Math.floor(Number(input_dropout) * 10)}`,
    );
    return 64 - new Set(cells).size;
  };
  for (const seed of [1, 2, 3])
    expect(emptyCells('sobol', seed)).toBeLessThan(emptyCells('random', seed) / 2);
});

test('what a search will cost is told by a sample where its order allows it', () => {
  const search = (strategy: string) => {
    const { seed, objective, ...space } = spaceOf(strategy, GRID);
    return { ...space, context: { seed, objective } };
  };
  expect(sampleOf(search('{ order: declared }'), 10)).toBeUndefined();
  expect(sampleOf(search('{ kind: random, max_trials: 20 }'), 500)).toHaveLength(20);
  expect(trialCount(search('{ kind: random, max_trials: 20 }'))).toBe(20);
  expect(trialCount(search('{ max_trials: 50 }'))).toBe(50);
});

test.each([
  [
    '{ kind: random }',
    '{ simple: {} }',
    'test.yaml:3:1: strategy.max_trials: is missing; add it: a whole number from 1 to 100000',
  ],
  [
    '{ kind: sobol, max_trials: 5, order: spread }',
    '{ simple: {} }',
    'test.yaml:3:41: strategy.order: does not go with kind: sobol, which draws; remove it',
  ],
  [
    '{ kind: annealing }',
    '{ simple: {} }',
    'test.yaml:3:19: strategy.kind: is not a known kind (value "annealing"); use one of grid, random, sobol, tpe, list',
  ],
  [
    '{ max_trials: 0 }',
    '{ simple: {} }',
    'test.yaml:3:25: strategy.max_trials: is out of range (value 0); give a whole number from 1 to 100000',
  ],
  [
    '{}',
    '{ simple: { dropout: { min: 0, max: 0.5 } } }',
    'test.yaml:4:21: models.simple.dropout.steps: is missing; add it: a whole number from 2 to 10000; or draw from the range with strategy: { kind: random, max_trials: 50 }',
  ],
  [
    '{ kind: random, max_trials: 5 }',
    '{ simple: { dropout: { min: 0.5, max: 0.1 } } }',
    'test.yaml:4:47: models.simple.dropout.max: is not above min, 0.5 (value 0.1); give a larger max, or a single value',
  ],
])('strategy: %s with models: %s is refused in one line', (strategy, models, message) => {
  expect(() => spaceOf(strategy, models)).toThrow(message);
});
