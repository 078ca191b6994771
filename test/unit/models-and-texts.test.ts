/** Which arguments of `predict` are models and which are texts. */
import { describe, expect, test } from 'vitest';
import { InputError } from '../../orchestrator/app/index.js';
import { type Given, modelsAndTexts } from '../../orchestrator/cli/models-and-texts.js';

const REGISTERED = ['sentiment', 'reviews', 'two words'];

/** Reads a command line in which `--` stands as itself. */
function read(line: readonly string[], file?: string) {
  const end = line.indexOf('--');
  const given: Given = {
    args: line.filter((_, i) => i !== end),
    literal: end === -1 ? undefined : line.length - end - 1,
    file,
  };
  const { models, texts, notes } = modelsAndTexts(given, REGISTERED);
  return { models: models.map(({ name, which }) => `${name} ${which}`), texts, notes };
}

describe('without --, versions of registered models at the front are models', () => {
  test.each([
    [['sentiment', 'fine'], ['sentiment champion'], ['fine']],
    [['sentiment/1', 'reviews@best', 'fine'], ['sentiment 1', 'reviews best'], ['fine']],
    [['sentiment', 'two words/2', 'fine'], ['sentiment champion', 'two words 2'], ['fine']],
    [['sentiment', 'and/or'], ['sentiment champion'], ['and/or']],
    [['sentiment', 'me @home', 'sentiment/1'], ['sentiment champion'], ['me @home', 'sentiment/1']],
    [['sentiment', 'fine', '-'], undefined, 'names no registered model'],
    [['sentiment/1', 'sentiment/2'], undefined, 'there is no text'],
  ])('%j', (line, models, texts) => {
    if (models === undefined) expect(() => read(line)).toThrow(texts as string);
    else expect(read(line)).toEqual({ models, texts, notes: [] });
  });

  test('what may have been meant for a model is told of', () => {
    expect(read(['sentiment', 'reviews', 'fine'])).toMatchObject({
      texts: ['reviews', 'fine'],
      notes: ['reviews is taken for a text: the model of that name is reviews@champion'],
    });
    expect(read(['sentiment', 'sentimnt/2', 'fine']).notes).toEqual([
      'sentimnt/2 is taken for a text: there is no model of that name',
    ]);
  });
});

describe('with --, --file or a last -, all before are models', () => {
  test('--', () => {
    expect(read(['sentiment', 'reviews', '--', 'reviews/1', '-'])).toEqual({
      models: ['sentiment champion', 'reviews champion'],
      texts: ['reviews/1', '-'],
      notes: [],
    });
    expect(() => read(['sentiment', 'fine', '--', 'x'])).toThrow('"fine" names no registered model');
    expect(() => read(['--', 'sentiment'])).toThrow('there is no model before --');
    expect(() => read(['sentiment', '--'])).toThrow('there is no text');
  });

  test('--file and -', () => {
    for (const { texts, models } of [
      read(['sentiment', 'reviews'], 'x.csv'),
      read(['sentiment', 'reviews', '-']),
    ]) {
      expect(models).toEqual(['sentiment champion', 'reviews champion']);
      expect(texts).toHaveProperty('file');
    }
    expect(() => read(['sentiment', 'fine'], 'x.csv')).toThrow('give one of the two');
    expect(() => read(['sentiment', '--', 'reviews/1'], 'x.csv')).toThrow('give one of the two');
  });
});

test('there is an end to models', () => {
  const line = ['sentiment/1', ...Array.from({ length: 10 }, (_, i) => `sentiment/${i + 2}`), 'fine'];
  expect(() => read(line)).toThrow(new InputError('there are 11 models; give at most 10 at a time'));
});
