/** How the folds of nested cross-validation are numbered, and what the metrics of a child run are called. */
import { expect, test } from 'vitest';
import { innerPlace, scoredFolds, scoreName } from '../../queue/index.js';

const names = (context: { folds: number; scored?: number }): string[] =>
  Array.from({ length: context.folds }, (_, fold) => scoreName(context, fold));

test('without inner folds all of them score, under the names of scikit-learn', () => {
  expect(scoredFolds({ folds: 3 })).toBe(3);
  expect(names({ folds: 3 })).toEqual(['split0_test_score', 'split1_test_score', 'split2_test_score']);
  expect(innerPlace({ folds: 3 }, 2)).toBeUndefined();
});

test('inner folds follow the outer ones, outer fold after outer fold', () => {
  expect(names({ folds: 6, scored: 2 })).toEqual([
    'split0_test_score',
    'split1_test_score',
    'inner0_split0_test_score',
    'inner0_split1_test_score',
    'inner1_split0_test_score',
    'inner1_split1_test_score',
  ]);
  expect(innerPlace({ folds: 6, scored: 2 }, 5)).toEqual({ outer: 1, split: 1 });
  expect(innerPlace({ folds: 6, scored: 3 }, 5)).toEqual({ outer: 2, split: 0 });
});
