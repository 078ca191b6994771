import { describe, expect, test } from 'vitest';
import { beats } from '../../../orchestrator/search/champion.js';
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
