/** What decides that a fold's numbers are known: keys that are equal only where the numbers are. */
import { describe, expect, test } from 'vitest';
import { crossValidation, developmentFolds, foldDigest, loadDataset } from '../../learning/data/index.js';
import { engineHere, engineText, loadEngine } from '../../learning/engine/index.js';
import { differenceOf } from '../../orchestrator/app/extend.js';
import { reuseKey } from '../../queue/index.js';

const CONTEXT = {
  digest: 'd'.repeat(32),
  seed: 42,
  objective: { metric: 'f1_macro', direction: 'maximize' as const },
};
const TRAINER = { engine: 'wasm, tfjs 4.22.0', code: '0123, node 20 x64' };

describe('the key of what a fold’s numbers depend on', () => {
  const key = reuseKey(CONTEXT, TRAINER);

  test('is the same for the same, whatever else a search says', () => {
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    const more = { ...CONTEXT, searchId: 'other', folds: 9, limits: { seconds: 5 } };
    expect(reuseKey(more, TRAINER)).toBe(key);
  });

  test.for([
    [{ digest: 'e'.repeat(32) }, {}],
    [{ seed: 43 }, {}],
    [{ objective: { metric: 'accuracy', direction: 'maximize' as const } }, {}],
    [{ objective: { metric: 'f1_macro', direction: 'minimize' as const } }, {}],
    [{}, { engine: 'wasm, tfjs 4.22.1' }],
    [{}, { code: '0124, node 20 x64' }],
  ] as const)('is another with %o and %o', ([context, trainer]) => {
    expect(reuseKey({ ...CONTEXT, ...context }, { ...TRAINER, ...trainer })).not.toBe(key);
  });
});

describe('the digest of a fold', () => {
  const digests = async (settings: object, testSize = 0.25): Promise<string[]> => {
    const dataset = await loadDataset({ source: 'uci-sentiment', test_size: testSize, limit: 300 }, 7);
    const cv = crossValidation.parse({ seed: 7, ...settings });
    return developmentFolds(dataset, { testSize, seed: 7, crossValidation: cv }).map(foldDigest);
  };
  const repeated = (n_splits: number, n_repeats: number) =>
    digests({ strategy: 'repeated_stratified_k_fold', n_splits, n_repeats });

  test('is that of its rows and its place: more repeats begin with the folds of fewer', async () => {
    const [few, many] = [await repeated(3, 1), await repeated(3, 3)];
    expect(new Set(many).size).toBe(9);
    expect(many.slice(0, 3)).toEqual(few);
    // Whatever the strategy is called: the same rows are the same fold.
    expect(await digests({ strategy: 'stratified_k_fold', n_splits: 3 })).toEqual(few);
  });

  test('is another for other splits, test rows or another place', async () => {
    const [three, four] = [await repeated(3, 1), await repeated(4, 1)];
    const other = await digests({ strategy: 'stratified_k_fold', n_splits: 3 }, 0.3);
    for (const digest of three) expect([...four, ...other]).not.toContain(digest);
    const fold = { train: Int32Array.of(0, 1, 2), validation: Int32Array.of(3) };
    const moved = { train: Int32Array.of(0, 1), validation: Int32Array.of(2, 3) };
    expect(new Set([foldDigest(fold, 0), foldDigest(fold, 1), foldDigest(moved, 0)]).size).toBe(3);
  });
});

test('the engine of this machine is named without loading it as it names itself', async () => {
  expect(engineHere()).toBe(engineText(await loadEngine()));
});

test('a submission that can take nothing over is told what differs, the first thing that counts', () => {
  const search = { context: CONTEXT, reuse: { rows: ['a', 'b'] } } as Parameters<typeof differenceOf>[0];
  const same = { ...CONTEXT, rows: { digest: CONTEXT.digest, foldDigests: ['b', 'c'] } };
  expect(differenceOf(search, same)).toBeUndefined();
  expect(differenceOf(search, { ...same, seed: 1 })).toBe("its seed is 1, and that search's 42");
  expect(differenceOf(search, { ...same, rows: { ...same.rows, digest: 'x' } })).toMatch(/^its dataset has/);
  const accuracy = { metric: 'accuracy', direction: 'maximize' } as const;
  expect(differenceOf(search, { ...same, objective: accuracy })).toMatch(/^its objective is accuracy/);
  expect(differenceOf(search, { ...same, rows: { ...same.rows, foldDigests: ['c'] } })).toMatch(/same rows/);
});
