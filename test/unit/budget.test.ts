/** Lengths of time and sizes of memory, as search spaces write them. */
import { describe, expect, it, test } from 'vitest';
import { submission } from '../../orchestrator/app/prepare.js';
import { bytesOf, limitsOf, secondsOf } from '../../orchestrator/space/budget.js';
import { parseSearchSpace } from '../../orchestrator/space/index.js';

test.each([
  ['90s', 90],
  ['10m', 600],
  ['1.5h', 5400],
  ['1 d', 86_400],
  ['90', undefined],
  ['10 minutes', undefined],
  ['-1m', undefined],
  ['1e3s', undefined],
  ['1h30m', undefined],
  ['', undefined],
])('%j is %j seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test.each([
  ['512MB', 512 * 2 ** 20],
  ['2GB', 2 * 2 ** 30],
  ['1.5 GB', 1.5 * 2 ** 30],
  ['2gb', undefined],
  ['2G', undefined],
  ['2', undefined],
])('%j is %j bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

describe('a budget', () => {
  const spaceWith = (budget: string) =>
    parseSearchSpace(
      `name: test\ndataset: { source: uci-sentiment }\nmodels: { simple: {} }\n${budget}`,
      'test.yaml',
    );

  it('travels with the search, and stands among the parameters as it was written', () => {
    expect(submission(spaceWith('budget: { trial_timeout: 10m, max_memory: 2GB }'))).toMatchObject({
      limits: { seconds: 600, bytes: 2 ** 31 },
      parameters: { trial_timeout: '10m', max_memory: '2GB' },
    });
  });

  it('that is not there limits nothing', () => {
    expect(limitsOf(spaceWith('').budget)).toEqual({});
  });
});
