import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readData, readResult, SealError, sealData, sealResult } from '../../queue/index.js';

const schema = z.object({ score: z.number() });

afterEach(() => {
  delete process.env.GRIDSEARCH_SECRET;
});

test('without a secret what travels is as it is', () => {
  expect(sealData('s.f0', { score: 1 })).toEqual({ score: 1 });
  expect(readData({ id: 's.f0', data: { score: 1 } }, schema)).toEqual({ score: 1 });
});

describe('with a secret', () => {
  beforeEach(() => {
    process.env.GRIDSEARCH_SECRET = 'a long secret';
  });

  test('what was signed is read', () => {
    expect(readData({ id: 's.f0', data: sealData('s.f0', { score: 1 }) }, schema)).toEqual({ score: 1 });
    expect(readResult('s.f0', sealResult('s.f0', { score: 1 }), schema)).toEqual({ score: 1 });
  });

  const sealed = (): { sealed: string; hmac: string } =>
    sealResult('s.f0', { score: 1 }) as { sealed: string; hmac: string };
  const refused: [string, () => unknown][] = [
    ['what was not signed', () => readResult('s.f0', { score: 1 }, schema)],
    ['a changed text', () => readResult('s.f0', { ...sealed(), sealed: '{"score":2}' }, schema)],
    [
      'a text that is no JSON, before it is parsed',
      () => readResult('s.f0', { ...sealed(), sealed: '{' }, schema),
    ],
    ['a result of another job', () => readResult('s.f1', sealed(), schema)],
    ['a result as data', () => readData({ id: 's.f0', data: sealed() }, schema)],
    ['a short signature', () => readResult('s.f0', { ...sealed(), hmac: 'AA==' }, schema)],
    ['more than an envelope', () => readResult('s.f0', { ...sealed(), score: 2 }, schema)],
  ];
  test.for(refused)('%s is refused', ([, read]) => {
    expect(read).toThrow(SealError);
  });

  test('a process that has none, or another, says so', () => {
    const data = sealData('s.f0', { score: 1 });
    process.env.GRIDSEARCH_SECRET = 'another';
    expect(() => readData({ id: 's.f0', data }, schema)).toThrow('signed with another GRIDSEARCH_SECRET');
    delete process.env.GRIDSEARCH_SECRET;
    expect(() => readData({ id: 's.f0', data }, schema)).toThrow('set GRIDSEARCH_SECRET');
  });
});
