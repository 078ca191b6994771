/** Processes killed without a word, at the worst moments: the search ends by itself, nothing lost, nothing twice. */
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { connectRedis } from '../../queue/index.js';
import { ended, foldsDone, foldUnderWay, runsOf, troubles } from '../support/runs.js';
import { SLOW_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';

describe('kill -9', { timeout: 300_000 }, () => {
  test('of a worker in mid-fold: another worker takes the fold over', async ({ box }) => {
    const { client } = await box.up();
    const victim = await box.worker(1);
    const search = await box.submit(SLOW_GRID);
    await foldUnderWay(client, search);
    victim.child.kill('SIGKILL');
    await victim.ended;
    await box.worker(1);
    expect(await ended(client, search)).toBe('FINISHED');
    expect(troubles(await runsOf(client, search), WHOLE_GRID)).toEqual([]);
  });

  test('of the orchestrator with its tracking server in mid-search: the next one goes on', async ({
    box,
  }) => {
    const victim = await box.up();
    await box.worker(2);
    const search = await box.submit(SLOW_GRID);
    await foldsDone(victim.client, search, 3);
    victim.child.kill('SIGKILL');
    await victim.ended;
    const { client } = await box.up();
    expect(await ended(client, search)).toBe('FINISHED');
    expect(troubles(await runsOf(client, search), WHOLE_GRID)).toEqual([]);
  });

  test('of the private Redis in mid-search: it is started again, nothing that it acknowledged is lost, and a person reads one line of it at most', async ({
    box,
  }) => {
    const up = await box.up();
    const worker = await box.worker(2);
    const search = await box.submit(SLOW_GRID);
    await foldUnderWay(up.client, search);
    const redis = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
    const [, pid] = /process_id:(\d+)/.exec(await redis.info('server'))!;
    redis.disconnect();
    process.kill(Number(pid), 'SIGKILL');
    expect(await ended(up.client, search)).toBe('FINISHED');
    expect(troubles(await runsOf(up.client, search), WHOLE_GRID)).toEqual([]);
    // A restart within a moment may pass unnoticed.
    const said = /^(?:Redis does not answer; waiting for it\. Nothing is lost\.\n)?$/;
    expect(up.stderr()).toMatch(said);
    expect(worker.stderr()).toMatch(said);
    up.child.kill('SIGINT');
    expect((await up.ended).code).toBe(0);
  });
});
