/** Budgets in a search space: what is taken, and what is told of anything else. */
import { expect, test } from 'vitest';
import { submission } from '../../orchestrator/app/prepare.js';
import { parseSearchSpace, secondsOf } from '../../orchestrator/space/index.js';

const parsed = (budget: string) =>
  parseSearchSpace(
    `name: t\ndataset: { source: uci-sentiment }\nmodels: { simple: {} }\nbudget: ${budget}\n`,
    't.yaml',
  );

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('%s is %i ms', (text, ms) => {
  expect(secondsOf(text)! * 1000).toBe(ms);
});

test('a budget goes into the submission and the parameters of the search', () => {
  const { budget, parameters } = submission(parsed('{ max_duration: 2h, max_failures: 0 }'));
  expect(budget).toEqual({ max_duration: { written: '2h', ms: 7_200_000 }, max_failures: 0 });
  expect(parameters).toMatchObject({ max_duration: '2h', max_failures: 0 });
  expect(submission(parsed('{}'))).not.toHaveProperty('budget');
});

test.each(['0s', '2 hours', '-1m', '2H', '""'])('max_duration %s is refused in one line', (text) => {
  expect(() => parsed(`{ max_duration: ${text} }`)).toThrow(
    /^t\.yaml:4:\d+: budget\.max_duration: (has no unit that is known|is less than 1s) .*; write 90s, .*$/,
  );
});

test('a number of failures is whole and not negative', () => {
  for (const text of ['-1', '1.5', 'many'])
    expect(() => parsed(`{ max_failures: ${text} }`)).toThrow(/^t\.yaml:4:\d+: budget\.max_failures.*$/);
});
