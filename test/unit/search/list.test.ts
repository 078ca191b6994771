/** Configurations that a file lists. */
import { expect, test } from 'vitest';
import { submission } from '../../../orchestrator/app/prepare.js';
import { configurationHash, STRATEGIES, trialCount } from '../../../orchestrator/search/strategies/index.js';
import { parseSearchSpace } from '../../../orchestrator/space/index.js';
import type { Configuration } from '../../../queue/index.js';

const parse = (strategy: string, rest = '') =>
  parseSearchSpace(
    `name: test\ndataset: { source: uci-sentiment }\nstrategy: ${strategy}\n${rest}`,
    'test.yaml',
  );

function propose(strategy: string, rest = ''): Configuration[] {
  const { models, strategy: options, seed, objective } = submission(parse(strategy, rest));
  const total = trialCount({ models, strategy: options, context: { seed, objective } });
  const space = { models, strategy: options, seed, objective };
  return STRATEGIES.list!.propose(space, [], { number: 0, from: 0, to: total });
}

const LISTED = `{ kind: list, configurations: [
  { model: simple, learning_rate: 0.02, early_stopping: { patience: 2 } },
  { model: tfidf, C: 10 },
  { model: simple },
  ] }`;

test('a list is tried in its order, with defaults for what it does not name', () => {
  const [first, second, third, ...none] = propose(LISTED);
  expect(none).toEqual([]);
  expect(first).toMatchObject({
    index: 0,
    model: 'simple',
    parameters: { learning_rate: 0.02, patience: 2, dropout: 0 },
  });
  expect(second).toMatchObject({ index: 1, model: 'tfidf', parameters: { C: 10, ngram_max: 1 } });
  expect(third).toMatchObject({ index: 2, model: 'simple', parameters: { patience: 0 } });
  expect(first!.hash).toBe(configurationHash('simple', first!.parameters));
});

test('what it does not name is what models or training give as one value, else the default', () => {
  const [first, , third] = propose(
    LISTED,
    'models: { simple: { dropout: 0.5, embedding_dim: [8, 16] } }\ntraining: { epochs: 3, learning_rate: 0.1, batch_size: [16, 64] }',
  );
  expect(first!.parameters).toMatchObject({
    dropout: 0.5,
    embedding_dim: 50,
    epochs: 3,
    learning_rate: 0.02,
  });
  expect(third!.parameters).toMatchObject({ dropout: 0.5, learning_rate: 0.1, batch_size: 32 });
});

test('max_trials takes the first of a list', () => {
  const all = propose(LISTED);
  expect(propose(LISTED.replace('list,', 'list, max_trials: 2,'))).toEqual(all.slice(0, 2));
});

test('its parameters of a run say the list, and not a grid', () => {
  const { parameters, strategy } = submission(parse(LISTED));
  expect(parameters.strategy).toBe('list');
  expect(strategy).toEqual({ kind: 'list' });
  const [, second] = JSON.parse(String(parameters.param_grid));
  expect(second).toMatchObject({ model: 'tfidf', C: 10 });
});

test.each([
  ['{ kind: list }', '', '3:1: strategy.configurations: is missing; add it'],
  [
    '{ kind: list, configurations: [{ model: simpl }] }',
    '',
    '3:51: strategy.configurations[0].model: is not a known model kind (value "simpl"); did you mean simple?',
  ],
  [
    '{ kind: list, configurations: [{ dropout: 0.1 }] }',
    '',
    'strategy.configurations[0].model: is missing; add it: one of tfidf, simple',
  ],
  [
    '{ kind: list, configurations: [{ model: tfidf, units: 8 }] }',
    '',
    '3:58: strategy.configurations[0].units: unknown key "units"; use one of model, C',
  ],
  [
    '{ kind: list, configurations: [{ model: lstm, units: 0 }] }',
    '',
    '3:64: strategy.configurations[0].units: is out of range (value 0); give a whole number from 1 to 1024',
  ],
  [
    '{ kind: list, configurations: [{ model: lstm, units: [8, 16] }] }',
    '',
    '3:64: strategy.configurations[0].units: is a list, not a whole number (value [8,16]); give a whole number from 1 to 1024: a listed configuration has one value of each parameter',
  ],
  [
    '{ kind: list, configurations: [{ model: simple }, { model: simple, dropout: 0 }] }',
    '',
    '3:61: strategy.configurations[1]: is the same simple as entry 1 of the list once defaults are filled in; remove one',
  ],
  [
    '{ kind: list, configurations: [{ model: simple }] }',
    'models: { lstm: {} }',
    '4:11: models.lstm: is the kind of no configuration of the list; list one with model: lstm, or remove it',
  ],
  [
    '{ kind: grid, configurations: [{ model: simple }] }',
    'models: { simple: {} }',
    '3:25: strategy.configurations: does not go with kind: grid; write kind: list, or remove it',
  ],
  [
    '{ kind: list, order: spread, configurations: [{ model: simple }] }',
    '',
    '3:25: strategy.order: does not go with kind: list',
  ],
  ['{}', '', '1:1: models: is missing; add it: a mapping with tfidf, simple, lstm, encoder, transformer'],
])('strategy: %s %s is refused in one line', (strategy, rest, message) => {
  expect(() => parse(strategy, rest)).toThrow(message);
});
