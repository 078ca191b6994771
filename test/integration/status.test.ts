/** What `status` calls a search, while its processes come and go. */
import { expect } from 'vitest';
import { findSearch } from '../../review/results/index.js';
import { foldsDone } from '../support/runs.js';
import { SLOW_GRID, TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

interface Status {
  readonly state: string;
  readonly seconds: number | null;
  readonly best: { readonly mean: number } | null;
}

test('a search that nobody works on is not called running, and its time stands still', async ({ box }) => {
  const search = await box.submit(SLOW_GRID);
  const status = () => box.json<Status>('status', search.searchId);
  const becomes = (state: string) =>
    until(`it is ${state}`, async () => {
      const found = await status();
      return found.state === state && found;
    });
  expect(await status()).toMatchObject({
    state: 'queued',
    queuePosition: 1,
    seconds: null,
    secondsLeft: null,
    best: null,
  });

  const up = await box.up();
  expect(await becomes('waiting for a worker')).toMatchObject({ seconds: null });
  expect((await box.run('status', search.searchId)).stdout).toContain('npx gridsearch worker');

  const worker = await box.worker(2);
  expect(await becomes('running')).toMatchObject({ seconds: expect.any(Number) });
  await foldsDone(up.client, search, 6);
  const { best } = await until('a trial is complete', async () => {
    const found = await status();
    return found.best !== null && found;
  });
  expect(best!.mean).toBeGreaterThan(0);

  worker.child.kill('SIGKILL');
  await worker.ended;
  expect(await becomes('waiting for a worker')).toMatchObject({ seconds: null });
  up.child.kill('SIGTERM');
  await up.ended;
  expect(await becomes('interrupted')).toMatchObject({ seconds: null, best: { mean: expect.any(Number) } });
  const { stdout } = await box.run('status', search.searchId);
  expect(stdout).toContain(`npx gridsearch resume ${search.searchId}`);
  expect(stdout).not.toContain('RUNNING');
}, 120_000);

test('a beginning that many searches have names the newest of them, and what to do', {
  timeout: 60_000,
}, async ({ installation: { client, ...installation } }) => {
  for (let i = 0; i < 7; i++) await installation.submit(TINY_GRID);
  await expect(findSearch(client, 'tiny-grid-')).rejects.toThrow(
    /^"tiny-grid-" fits 7 searches: (tiny-grid-\w+, ){4}tiny-grid-\w+ and 2 older; give more of the id$/,
  );
});
