/** The tests held to the numbers of scikit-learn's example plot_grid_search_stats, SciPy and statsmodels. */
import { describe, expect, test } from 'vitest';
import {
  criticalT,
  holm,
  leastDifference,
  leastDifferenceWith,
  pairedTest,
  practicalOdds,
  standardErrorOf,
  studentCdf,
  twoSidedP,
} from '../../../review/analysis/index.js';
import numbers from '../../fixtures/statistics.json' with { type: 'json' };

const { scores, againstFirst, p, holm: corrected } = numbers.gridSearchStats;
const tests = scores.slice(1).map((other) => {
  const differences = other.map((score, fold) => scores[0]![fold]! - score);
  return pairedTest(differences, 10 / 90)!;
});

test.each(numbers.student.cdf)(
  'Student’s t of %d with %d degrees of freedom is as SciPy has it',
  (...row) => {
    const [t, df, cdf, twoSided] = row as [number, number, number, number];
    expect(studentCdf(t, df)).toBeCloseTo(cdf, 13);
    expect(twoSidedP(t, df)).toBeCloseTo(twoSided, 13);
  },
);

test.each(numbers.student.critical)('the quantile of p = %d with %d degrees of freedom, too', (...row) => {
  const [p, df, t] = row as [number, number, number];
  expect(criticalT(p, df) / t).toBeCloseTo(1, 8);
});

describe('the example of scikit-learn’s documentation', () => {
  test('prints a corrected t of 0.750 and p of 0.227 for one side', () => {
    expect(tests[0]!.t.toFixed(3)).toBe('0.750');
    expect((tests[0]!.p / 2).toFixed(3)).toBe('0.227');
  });

  test.each(againstFirst.map((expected, i) => [i, expected] as const))('comparison %d', (i, expected) => {
    const found = tests[i]!;
    expect(found.df).toBe(99);
    for (const name of ['mean', 'standardError', 't', 'low', 'high'] as const) {
      expect(found[name], name).toBeCloseTo(expected[name], 10);
    }
    expect(found.p / 2).toBeCloseTo(expected.oneSidedP, 12);
    const odds = practicalOdds(found, 0.01);
    expect(odds.above).toBeCloseTo(expected.above, 10);
    expect(odds.within).toBeCloseTo(expected.within, 10);
  });

  test('corrected for three comparisons as statsmodels does', () => {
    for (const [i, one] of holm(tests.map((found) => found.p)).entries()) {
      expect(one).toBeCloseTo(corrected[i]!, 12);
    }
    expect(p).toHaveLength(3);
  });
});

test('Holm’s correction keeps the order given, ties and its bound', () => {
  for (const [i, one] of holm(numbers.holm.p).entries()) {
    expect(one).toBeCloseTo(numbers.holm.corrected[i]!, 12);
  }
  expect(holm([])).toEqual([]);
});

test('folds without spread are certain, one fold says nothing', () => {
  expect(pairedTest([0, 0, 0], 0.5)).toMatchObject({ mean: 0, t: 0, p: 1, low: 0, high: 0 });
  // The same to the eye, not to the last bit.
  expect(pairedTest([0.9 - 0.8, 0.8 - 0.7, 0.7 - 0.6], 0.5)).toMatchObject({ standardError: 0, p: 0 });
  expect(practicalOdds({ mean: 0, standardError: 0, df: 2 })).toEqual({ below: 0, within: 1, above: 0 });
  expect(practicalOdds({ mean: 0.1, standardError: 0, df: 2 })).toEqual({ below: 0, within: 0, above: 1 });
  expect(pairedTest([0.1], 0.5)).toBeUndefined();
});

test('the least difference is the one that would just be told apart', () => {
  const three = [0.01, 0.03, -0.02].map((shift) => [shift, shift + 0.01, shift - 0.01]);
  const found = three.map((differences) => pairedTest(differences, 0.5)!);
  const least = leastDifference(found, 0)!;
  // By hand: std 0.01, variance times 1/3 + 1/2, and t of 7.6488 for 0.05 / 3 with two degrees of freedom.
  expect(least).toBeCloseTo(0.01 * Math.sqrt(5 / 6) * 7.6488, 5);
  const just = pairedTest([least - 0.01, least, least + 0.01], 0.5)!;
  expect(just.p * 3).toBeCloseTo(0.05, 10);
  expect(leastDifference(found, 2)!).toBeCloseTo(0.01 * Math.sqrt(5 / 6) * 4.3027, 5);
  expect(leastDifference([], 0)).toBeUndefined();
  // Twelve scores of the same folds: t of 2.8200 for 0.05 / 3 with 11 degrees of freedom.
  const now = { least, scores: 3, testShare: 0.5, open: 3 };
  expect(leastDifferenceWith(3, now)).toBeCloseTo(least, 12);
  expect(leastDifferenceWith(12, now)).toBeCloseTo(0.01 * Math.sqrt(1 / 12 + 1 / 2) * 2.82, 3);
});

test('the standard error of a mean is the sample’s', () => {
  expect(standardErrorOf([1, 2, 3])).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(standardErrorOf([1])).toBeNaN();
});
