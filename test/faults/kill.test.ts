/** Processes killed without a word, at the worst moments: the search ends by itself, nothing lost, nothing twice. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { connectRedis } from '../../queue/index.js';
import { createTrackingClient, type TrackingClient } from '../../tracking/client/index.js';
import { type Sandbox, type Started, sandbox, until } from '../support/cli.js';
import { runsOf, troubles } from '../support/runs.js';

const SLOW_GRID = fileURLToPath(new URL('../fixtures/slow-grid.yaml', import.meta.url));
const opened: Sandbox[] = [];
afterEach(async () => {
  for (const made of opened.splice(0)) await made.dispose();
});

async function up(box: Sandbox): Promise<{ process: Started; client: TrackingClient }> {
  const process = box.start('up', '--port', '0', '--json');
  const { trackingUri } = JSON.parse(await process.firstLine) as { trackingUri: string };
  return { process, client: createTrackingClient({ uri: trackingUri }) };
}

interface Submitted {
  searchId: string;
  experimentId: string;
  parentRunId: string;
}

async function submitted(box: Sandbox): Promise<Submitted> {
  const end = await box.run('submit', SLOW_GRID, '--json');
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
  return JSON.parse(end.stdout) as Submitted;
}

const runningFolds = async (client: TrackingClient, search: Submitted): Promise<number> => {
  const { folds } = await runsOf(client, search.experimentId, search.searchId);
  return folds.filter((fold) => fold.info.status === 'RUNNING').length;
};

const ended = (client: TrackingClient, search: Submitted): Promise<string> =>
  until(
    'the parent run has ended',
    async () => {
      const { status } = (await client.getRun(search.parentRunId)).info;
      return status !== 'RUNNING' && status !== 'SCHEDULED' ? status : undefined;
    },
    120_000,
  );

describe('kill -9', () => {
  test('of a worker in mid-fold: another worker takes the fold over', async () => {
    const box = sandbox();
    opened.push(box);
    const { client } = await up(box);
    const victim = box.start('worker', '--concurrency', '1', '--json');
    await victim.firstLine;
    const search = await submitted(box);
    await until('a fold is being trained', async () => (await runningFolds(client, search)) > 0);
    victim.child.kill('SIGKILL');
    await victim.ended;
    box.start('worker', '--concurrency', '1', '--json');
    expect(await ended(client, search)).toBe('FINISHED');
    expect(
      troubles(await runsOf(client, search.experimentId, search.searchId), { children: 8, folds: 24 }),
    ).toEqual([]);
  }, 180_000);

  test('of the orchestrator with its tracking server in mid-search: the next one goes on', async () => {
    const box = sandbox();
    opened.push(box);
    const first = await up(box);
    const worker = box.start('worker', '--concurrency', '2', '--json');
    await worker.firstLine;
    const search = await submitted(box);
    await until('some folds are done', async () => {
      const { folds } = await runsOf(first.client, search.experimentId, search.searchId);
      return folds.filter((fold) => fold.info.status === 'FINISHED').length >= 3;
    });
    first.process.child.kill('SIGKILL');
    await first.process.ended;
    const second = await up(box);
    expect(await ended(second.client, search)).toBe('FINISHED');
    expect(
      troubles(await runsOf(second.client, search.experimentId, search.searchId), { children: 8, folds: 24 }),
    ).toEqual([]);
  }, 180_000);

  test('of the private Redis in mid-search: it is started again, and nothing that it acknowledged is lost', async () => {
    const box = sandbox();
    opened.push(box);
    const { process: running, client } = await up(box);
    const worker = box.start('worker', '--concurrency', '2', '--json');
    await worker.firstLine;
    const search = await submitted(box);
    await until('a fold is being trained', async () => (await runningFolds(client, search)) > 0);
    const redis = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
    const [, pid] = /process_id:(\d+)/.exec(await redis.info('server'))!;
    redis.disconnect();
    process.kill(Number(pid), 'SIGKILL');
    expect(await ended(client, search)).toBe('FINISHED');
    expect(
      troubles(await runsOf(client, search.experimentId, search.searchId), { children: 8, folds: 24 }),
    ).toEqual([]);
    const said = running.stderr() + worker.stderr();
    expect(said.match(/\n/g)?.length ?? 0).toBeLessThan(5);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
  }, 180_000);
});
