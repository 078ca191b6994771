/** Constraints over parameters: what they leave of a space, and what is said of those that make no sense. */
import { describe, expect, test } from 'vitest';
import { checkWhere } from '../../../orchestrator/app/check-where.js';
import { sizeOf } from '../../../orchestrator/app/plan/index.js';
import { submission } from '../../../orchestrator/app/prepare.js';
import { STRATEGIES, trialCount } from '../../../orchestrator/search/strategies/index.js';
import { parseSearchSpace } from '../../../orchestrator/space/index.js';
import { whereOf } from '../../../orchestrator/where/index.js';
import type { Configuration } from '../../../queue/index.js';

const GRID =
  '{ lstm: { units: [16, 32, 64, 128], layers: [1, 2, 3] }, simple: { dropout: [0, 0.1, 0.5], tokenizer: [words, characters] } }';

interface Asked {
  strategy?: string;
  models?: string;
}

const parse = (where: string, { strategy = '{}', models = GRID }: Asked = {}) =>
  parseSearchSpace(
    `name: test\ndataset: { source: uci-sentiment }\nwhere: ${where}\nstrategy: ${strategy}\nmodels: ${models}\n`,
    'test.yaml',
  );

function propose(where: string, asked: Asked = {}, from = 0, to?: number): Configuration[] {
  const space = submission(parse(where, asked));
  const total = trialCount({ ...space, context: space });
  return STRATEGIES[space.strategy.kind]!.propose(space, [], { number: 0, from, to: to ?? total });
}

/** How many configurations are told to be removed, null when nobody counted; or why the search is refused. */
function removed(where: string, asked: Asked = {}): number | null {
  const space = parse(where, asked);
  checkWhere(space, submission(space));
  return sizeOf(submission(space), null).removed;
}

const SMALL = '"lstm.units * lstm.layers <= 128"';
const isSmall = ({ model, parameters: { units, layers } }: Configuration): boolean =>
  model !== 'lstm' || Number(units) * Number(layers) <= 128;

describe('a grid', () => {
  test.each(['declared', 'spread'])('in %s order is what constraints leave of it, in that order', (order) => {
    const asked = { strategy: `{ order: ${order} }` };
    const whole = propose('lstm.units > 0', asked);
    expect(whole).toHaveLength(18);
    const left = propose(SMALL, asked);
    expect(left.map(({ hash }) => hash)).toEqual(whole.filter(isSmall).map(({ hash }) => hash));
    expect(left.map(({ index }) => index)).toEqual([...left.keys()]);
    expect(propose(SMALL, asked, 7, 11)).toEqual(left.slice(7, 11));
  });

  test('says how much is left', () => {
    expect(removed(`[${SMALL}, simple.tokenizer == "words"]`)).toBe(6);
    expect(removed(SMALL, { strategy: '{ max_trials: 5 }' })).toBe(3);
    expect(propose(SMALL, { strategy: '{ max_trials: 5 }' })).toHaveLength(5);
  });

  test('of a million is counted and read in its middle without being held', () => {
    const models =
      '{ lstm: { units: { min: 1, max: 100, steps: 100 }, dropout: { min: 0, max: 0.5, steps: 100 }, learning_rate: { min: 0.001, max: 0.1, steps: 100 } } }';
    expect(removed('lstm.units + 0 * lstm.dropout <= 50', { models })).toBe(500_000);
    const [one, ...none] = propose('lstm.units + 0 * lstm.dropout <= 50', { models }, 499_999, 500_000);
    expect(none).toEqual([]);
    expect(one).toMatchObject({ index: 499_999, model: 'lstm' });
    expect(one!.parameters.units).toBeLessThanOrEqual(50);
  });
});

const RANGES =
  '{ lstm: { units: { min: 16, max: 256, scale: log }, layers: [1, 2, 3] }, simple: { dropout: { min: 0, max: 0.6 } } }';

describe.each(['random', 'sobol'])('%s', (kind) => {
  const strategy = `{ kind: ${kind}, max_trials: 60 }`;

  test('draws again what constraints refuse', () => {
    const drawn = propose(SMALL, { strategy, models: RANGES });
    expect(drawn).toHaveLength(60);
    expect(drawn.every(isSmall)).toBe(true);
    expect(drawn.map(({ index }) => index)).toEqual([...drawn.keys()]);
    expect(drawn.filter(({ model }) => model === 'simple').length).toBeGreaterThan(20);
    expect(removed(SMALL, { strategy, models: RANGES })).toBeNull();
  });

  test('ends with all that is left of a finite space, and says how much that is', () => {
    const models = '{ lstm: { units: { min: 1, max: 40 } } }';
    expect(removed('lstm.units % 4 == 0', { strategy, models })).toBe(30);
    const units = propose('lstm.units % 4 == 0', { strategy, models }).map(({ parameters }) =>
      Number(parameters.units),
    );
    expect(units.sort((a, b) => a - b)).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
  });

  test('refuses what it would look for without end', () => {
    expect(() => removed('["lstm.units < 3", "simple.dropout > 1"]', { strategy, models: RANGES })).toThrow(
      'test.yaml:3:8: where: leaves none of the points drawn; loosen it',
    );
  });
});

test('what almost no point satisfies is refused, too', () => {
  const strategy = '{ kind: random, max_trials: 60 }';
  expect(() =>
    removed('simple.dropout < 0.0001', { strategy, models: '{ simple: { dropout: { min: 0, max: 0.6 } } }' }),
  ).toThrow('where: leaves almost nothing: drawing finds ');
});

test('a list leaves out what does not hold', () => {
  const asked = {
    strategy:
      '{ kind: list, configurations: [{ model: lstm, units: 8 }, { model: lstm, units: 64 }, { model: tfidf }] }',
    models: '{}',
  };
  expect(removed('lstm.units > 8', asked)).toBe(1);
  expect(propose('lstm.units > 8', asked).map(({ model, index }) => [model, index])).toEqual([
    ['lstm', 0],
    ['tfidf', 1],
  ]);
});

test.each([
  ['lstm.units / 3 > 21.3', true],
  ['lstm.units % 16 == 0', true],
  ['lstm.dropout * 2 < 1', true],
  ['lstm.units in [16, 64]', true],
  ['lstm.dropout in [0.0, 0.2]', true],
  ['lstm.dropout == 0', false],
  ['!lstm.bidirectional && lstm.tokenizer.startsWith("wo")', true],
  ['lstm.bidirectional ? lstm.units <= 32 : lstm.units <= 64', true],
])('%s is %s', (text, expected) => {
  const parameters = { units: 64, dropout: 0.2, bidirectional: false, tokenizer: 'words' };
  const axes = Object.entries(parameters).map(([parameter, value]) => ({ parameter, values: [value] }));
  const { satisfies, reads } = whereOf([text], [{ model: 'lstm', axes }]);
  expect(satisfies({ model: 'lstm', parameters })).toBe(expected);
  expect(satisfies({ model: 'simple', parameters: {} })).toBe(true);
  expect(reads('lstm').size).toBeGreaterThan(0);
});

test.each([
  [
    '"lstm.units <"',
    '3:21: where: is no constraint: Unexpected token: EOF (value "lstm.units <"); write it as in',
  ],
  ['lstm.units', '3:8: where: is not true or false (value "lstm.units"); compare it with something'],
  ['["lstm.units < 3", "lstm.unit < 3"]', '3:33: where[1]: names unit, which is no parameter of lstm'],
  [
    '"gru.units < 3"',
    '3:8: where: names gru, which is no model kind of this search (value "gru.units < 3"); use one of lstm, simple',
  ],
  [
    '"lstm.units < 3 && simple.dropout > 1"',
    '3:8: where: names lstm and simple, and a configuration is of one kind',
  ],
  ['"1 < 2"', '3:8: where: names no parameter'],
  ['simple.dropout == "a"', '3:8: where: is no constraint: no such overload: double == string'],
  ['lstm == lstm', '3:8: where: is no constraint: no such overload'],
  ['lstm["units"] > 3', '3:8: where: reads lstm as a whole'],
  ['"lstm.tokenizer.matches(\'(a+)+$\')"', "3:8: where: calls matches, which constraints can't"],
  ['"[1, 2].exists(x, x > lstm.units)"', "where: calls exists, which constraints can't"],
  ['3', '3:8: where: is a number, not text (value 3); put it in quotes: "3"'],
  ['[]', '3:8: where: is an empty list'],
  ['[lstm.units > 1000, simple.dropout > 1]', '3:8: where: leaves none of the 18 configurations; loosen it'],
  [
    'int(lstm.tokenizer) > 3',
    '3:8: where: "int(lstm.tokenizer) > 3" has no answer: int() type error: cannot convert to int',
  ],
])('where: %s is refused in one line', (where, message) => {
  expect(() => removed(where)).toThrow(message);
});
