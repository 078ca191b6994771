/** Sentence vectors: computed once for all who ask, whatever happens to whoever computes. */
import { mkdir, readdir, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { loadDataset } from '../../../learning/data/index.js';
import { CheckpointError, encoderValue } from '../../../learning/encoders/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import { sentences } from '../../../learning/features/index.js';
import { cachedVectors } from '../../../learning/features/vector-cache.js';
import { test } from '../../support/test.js';
import { FOLDER } from '../encoders/fixture.js';

const KEY = ['any'];
const numbers = Float32Array.of(1, 2, 3);

test('are computed once for those who ask at the same time, and read after that', async ({ folder }) => {
  const compute = vi.fn(async () => {
    await sleep(300);
    return numbers;
  });
  const ask = () => cachedVectors(folder, KEY, 3, compute);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([numbers, numbers, numbers]);
  expect(await ask()).toEqual(numbers);
  expect(compute).toHaveBeenCalledOnce();
  expect(await readdir(join(folder, 'sentences'))).toHaveLength(1);
});

test('are computed again after a failure, a file cut short, or a process that died over it', async ({
  folder,
}) => {
  await expect(cachedVectors(folder, KEY, 3, () => Promise.reject(new Error('no memory')))).rejects.toThrow(
    'no memory',
  );
  const compute = vi.fn(async () => numbers);
  await cachedVectors(folder, KEY, 3, compute);
  const [file] = await readdir(join(folder, 'sentences'));
  const path = join(folder, 'sentences', file!);
  await truncate(path, 8);
  expect(await cachedVectors(folder, KEY, 3, compute)).toEqual(numbers);
  await truncate(path, 8);
  await writeFile(`${path}.lock`, '');
  const long = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, long, long);
  expect(await cachedVectors(folder, KEY, 3, compute)).toEqual(numbers);
  expect(compute).toHaveBeenCalledTimes(3);
});

test('take bounded room: what was not read for longest goes', async ({ folder }) => {
  await mkdir(join(folder, 'sentences'));
  const old = join(folder, 'sentences', 'old.f32');
  await writeFile(old, '');
  // A hole: as long as the bound, and no room on the disk.
  await truncate(old, 4 * 2 ** 30);
  await utimes(old, new Date(0), new Date(0));
  await cachedVectors(folder, KEY, 3, async () => numbers);
  await expect(stat(old)).rejects.toThrow('ENOENT');
  expect(await readdir(join(folder, 'sentences'))).toHaveLength(1);
});

test('of a text are the same in any company, and a folder is what it was when it was named', async ({
  folder,
}) => {
  const engine = await loadEngine();
  const encoder = await encoderValue(join(FOLDER, 'bert'));
  const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2, limit: 60 }, 1);
  const parameters = { encoder, pooling: 'mean', max_tokens: 16 };
  if (sentences.per !== 'dataset') throw new Error('computed once a dataset');
  const fitted = await sentences.compute(dataset, parameters, { engine, cacheFolder: folder });
  const [all] = [...fitted.examples(Int32Array.of(7, 3)).batches(10)];
  const [alone] = [...fitted.encode([dataset.texts[3]!]).batches(10)];
  const { columns } = fitted.input;
  expect(all!.values).toHaveLength(2 * columns);
  alone!.values.forEach((value, k) => {
    expect(value).toBeCloseTo(all!.values[columns + k]!, 5);
  });
  const forged = encoder.replace(/#.*/, `#${'0'.repeat(64)}`);
  await expect(
    sentences.compute(dataset, { ...parameters, encoder: forged }, { engine, cacheFolder: folder }),
  ).rejects.toThrow(CheckpointError);
  const aborted = { engine, cacheFolder: folder, signal: AbortSignal.abort(new Error('put down')) };
  await expect(sentences.compute(dataset, { ...parameters, max_tokens: 8 }, aborted)).rejects.toThrow(
    'put down',
  );
});
