/** Cancelling a search: nothing of it goes on, and what else is under way does. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { connectRedis, PREFIX } from '../../queue/index.js';
import { ended, foldUnderWay, runsOf } from '../support/runs.js';
import { SLOW_GRID, SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

test('a search that is cancelled under load drops its jobs, kills its unfinished runs and leaves others alone', async ({
  box,
}) => {
  const up = await box.up('--workers', '2');
  const { client } = up;
  const search = await box.submit(SLOW_GRID);
  const { searchId } = search;
  await foldUnderWay(client, search);
  const other = await box.submit(SMALL_GRID);

  const end = await box.run('cancel', 'slow-grid', '--json');
  expect(end.stderr).toBe('');
  expect(JSON.parse(end.stdout)).toEqual({ searchId, status: 'KILLED' });
  expect(end.code).toBe(0);
  expect((await client.getRun(search.parentRunId)).info.status).toBe('KILLED');

  // The other search waits behind the cancelled one's folds, so that its end shows that none are left.
  expect(await ended(client, other)).toBe('FINISHED');
  const { all, children, folds } = await runsOf(client, search);
  expect(children).toHaveLength(8);
  expect(folds.length).toBeLessThan(24);
  for (const { info } of all) expect(['KILLED', 'FINISHED']).toContain(info.status);
  expect(children.filter(({ info }) => info.status === 'KILLED').length).toBeGreaterThan(0);
  const redis = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
  await until('no job of it is left', async () => {
    const keys = await redis.keys(`*${searchId}*`);
    return keys.every((key) => key.endsWith(':events'));
  }).finally(() => redis.disconnect());

  const again = await box.run('cancel', searchId);
  expect(again.stderr).toContain(`search ${searchId} has ended`);
  expect(again.code).toBe(2);
  const resumed = await box.run('resume', searchId);
  expect(resumed.stderr).toContain(`search ${searchId} has ended`);
  expect(resumed.code).toBe(2);
  expect(up.stderr()).toBe('');
}, 180_000);

test('a search that nobody has taken yet can be cancelled', async ({ box }) => {
  const { searchId } = await box.submit(SLOW_GRID);
  const end = await box.run('cancel', searchId);
  expect(end.code, end.stderr).toBe(0);
  expect(end.stdout).toContain(`Cancelled search ${searchId}`);
  const resumed = await box.run('resume');
  expect(resumed.stderr).toContain('no search is waiting to go on');
  expect(resumed.code).toBe(2);
  expect(await box.json('status')).toEqual([expect.objectContaining({ searchId, status: 'KILLED' })]);
});

test('a search that is being cancelled is not told of as lost', async ({ installation }) => {
  const { searchId } = await installation.submit(SLOW_GRID);
  const { redis, searches } = installation.services;
  // Its jobs are gone, its runs are still open: as in the middle of a cancellation.
  await searches.remove(searchId);
  const key = `${PREFIX}:cancelling:${searchId}`;
  const told = async (): Promise<string[]> => {
    const lost: string[] = [];
    const orchestrator = await installation.orchestrator({ onLost: (ids) => lost.push(...ids) });
    await orchestrator.close();
    return lost;
  };
  // One that is younger may be on its way into the queue.
  await sleep(5500);
  await redis.set(key, '1');
  expect(await told()).toEqual([]);
  await redis.del(key);
  expect(await told()).toEqual([searchId]);
});
