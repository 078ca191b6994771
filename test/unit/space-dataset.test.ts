import { describe, expect, it } from 'vitest';
import type { DatasetFacts } from '../../learning/data/index.js';
import { checkDataset, parseSearchSpace } from '../../orchestrator/space/index.js';

const FINE: DatasetFacts = {
  rows: 100,
  developmentRows: 80,
  classes: ['bad', 'good'],
  smallestClass: 40,
  validationClasses: 0,
  groups: 0,
};

function told(facts: Partial<DatasetFacts>, more = ''): string[] {
  const text = `name: test\ndataset: { source: uci-sentiment, test_size: 0.2 }\nmodels: { simple: {} }\n${more}`;
  return checkDataset(parseSearchSpace(text, 'test.yaml'), { ...FINE, ...facts }).map(
    ({ line, path, message }) => `${line} ${path}: ${message}`,
  );
}

const crossValidation = (fields: string) => `cross_validation: { ${fields} }`;

describe('a search space checked against its data', () => {
  it('passes when the data can carry it', () => {
    expect(told({})).toEqual([]);
    expect(told({}, crossValidation('strategy: hold_out'))).toEqual([]);
    expect(told({}, crossValidation('strategy: k_fold, n_splits: 80'))).toEqual([]);
  });

  it.each<[string, Partial<DatasetFacts>, string, string]>([
    [
      'a class for every row',
      { rows: 11, classes: [...'abcdefghijk'] },
      '',
      '2 dataset.source: each of the 11 rows has a class of its own',
    ],
    ['no test row', { rows: 4, developmentRows: 4 }, '', '2 dataset.test_size: leaves no test row out of 4'],
    [
      'more folds than the smallest class has texts',
      { smallestClass: 4 },
      crossValidation('n_splits: 5'),
      '4 cross_validation.n_splits: is more than the 4 distinct development texts of the smallest class (value 5); give at most 4',
    ],
    [
      'more folds than rows',
      { developmentRows: 8, rows: 10 },
      crossValidation('strategy: k_fold, n_splits: 9'),
      '4 cross_validation.n_splits: is more than the 8 development rows (value 9)',
    ],
    [
      'a class that cannot be held out',
      { smallestClass: 1 },
      crossValidation('strategy: hold_out, validation_size: 0.5'),
      '4 cross_validation.validation_size: cannot split a class of 1',
    ],
    [
      'a metric that some fold cannot have',
      { smallestClass: 2 },
      `${crossValidation('strategy: k_fold, n_splits: 3')}\nobjective: { metric: roc_auc }`,
      '5 objective.metric: is not defined in a fold without the smallest class',
    ],
  ])('is told of %s', (_, facts, more, message) => {
    const messages = told(facts, more);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(message);
  });

  it('is told at the block when the field was left to its default', () => {
    expect(told({ smallestClass: 2 })[0]).toMatch(/^1 cross_validation\.n_splits: /);
    expect(told({ smallestClass: 2 }, crossValidation('strategy: stratified_k_fold'))[0]).toMatch(/^4 /);
  });
});
