import { describe, expect, test } from 'vitest';
import { beats, verdictOf } from '../../../orchestrator/search/champion.js';
import { TAGS } from '../../../tracking/client/index.js';

const version = (score: number, overrides: Record<string, string> = {}): Record<string, string> => ({
  [TAGS.testScore]: String(score),
  [TAGS.testDigest]: 'rows',
  [TAGS.datasetDigest]: 'data',
  [TAGS.objective]: 'f1_macro',
  [TAGS.direction]: 'maximize',
  ...overrides,
});

describe('a challenger beats the champion', () => {
  test.each([
    ['with a better score on the same rows', version(0.9), version(0.8), true],
    ['not with an equal score', version(0.8), version(0.8), false],
    ['not with a worse score', version(0.7), version(0.8), false],
    ['not on other test rows', version(0.9, { [TAGS.testDigest]: 'others' }), version(0.8), false],
    ['not on another dataset', version(0.9, { [TAGS.datasetDigest]: 'others' }), version(0.8), false],
    ['not under another objective', version(0.9, { [TAGS.objective]: 'accuracy' }), version(0.8), false],
    ['not without a score', version(Number.NaN), version(0.8), false],
    ['not a version that tells nothing of itself', version(0.9), {}, false],
    [
      'with a smaller loss',
      version(0.2, { [TAGS.objective]: 'loss', [TAGS.direction]: 'minimize' }),
      version(0.3, { [TAGS.objective]: 'loss', [TAGS.direction]: 'minimize' }),
      true,
    ],
  ])('%s', (_, candidate, champion, expected) => {
    expect(beats(candidate, champion)).toBe(expected);
  });
});

describe('the verdict tells why', () => {
  const loss = { [TAGS.objective]: 'loss', [TAGS.direction]: 'minimize' };
  test.each([
    [version(0.81989), version(0.83142), 'f1_macro 0.8199 < 0.8314 of version 1'],
    [version(0.9), version(0.8), 'f1_macro 0.9000 > 0.8000 of version 1'],
    [version(0.8), version(0.8), 'f1_macro 0.8000 = 0.8000 of version 1'],
    [version(0.800001), version(0.800002), 'f1_macro 0.800001 < 0.800002 of version 1'],
    [version(0.3, loss), version(0.2, loss), 'loss 0.3000 > 0.2000 of version 1 (less is better)'],
    [version(Number.NaN), version(0.2), 'f1_macro NaN against 0.2000 of version 1'],
    [
      version(0.9, { [TAGS.testDigest]: 'x' }),
      version(0.8),
      'other test rows than version 1: not comparable',
    ],
    [version(0.9), {}, 'other data than version 1: not comparable'],
  ])('%#', (tags, champion, words) => {
    expect(verdictOf({ tags }, { tags: champion, version: '1' })).toBe(words);
  });

  test('also of the first version', () => {
    expect(verdictOf({ tags: version(0.9) }, undefined)).toBe('the first version');
  });
});
