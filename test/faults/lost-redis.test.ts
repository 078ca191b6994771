/** A queue that has lost everything: what tracking holds is enough to go on. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { connectRedis } from '../../queue/index.js';
import { ended, foldsDone, runsOf, troubles } from '../support/runs.js';
import { SLOW_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

test('a search that Redis has lost is told of by `up`, and resumed by name: only what is missing is trained', async ({
  box,
}) => {
  const up = await box.up('--workers', '2');
  const search = await box.submit(SLOW_GRID);
  await foldsDone(up.client, search, 7);
  up.child.kill('SIGINT');
  await up.ended;
  rmSync(join(box.home, 'redis'), { recursive: true });

  const again = await box.up();
  await until('it says so', () => again.stderr().includes(search.searchId), 60_000);
  expect(again.stderr()).toContain(`npx gridsearch resume ${search.searchId}`);
  const before = await runsOf(again.client, search);
  const finished = before.folds
    .filter(({ info }) => info.status === 'FINISHED')
    .map(({ info }) => info.runId);
  expect(finished.length).toBeGreaterThanOrEqual(7);

  const resumed = await box.run('resume', search.searchId, '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    searchId: search.searchId,
    status: 'FINISHED',
    trials: { finished: 8, failed: 0 },
    folds: { finished: 24, failed: 0 },
  });
  expect(await ended(again.client, search)).toBe('FINISHED');
  const after = await runsOf(again.client, search);
  expect(troubles(after, WHOLE_GRID)).toEqual([]);
  expect(after.folds.map(({ info }) => info.runId)).toEqual(expect.arrayContaining(finished));
  again.child.kill('SIGINT');
  await once(again.child, 'exit');
}, 240_000);

test('a running `up` says so when its Redis loses a search', async ({ box }) => {
  const up = await box.up();
  const search = await box.submit(SLOW_GRID);
  await until(
    'the search is under way',
    async () => (await up.client.getRun(search.parentRunId)).info.status === 'RUNNING',
  );
  const redis = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
  await redis.flushall();
  redis.disconnect();
  await until('it says so', () => up.stderr().includes(`npx gridsearch resume ${search.searchId}`), 60_000);
}, 120_000);
