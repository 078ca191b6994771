/** Cancelling a search: nothing of it goes on, and what else is under way does. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { connectRedis } from '../../queue/index.js';
import { createTrackingClient } from '../../tracking/client/index.js';
import { type Sandbox, sandbox, until } from '../support/cli.js';
import { runsOf } from '../support/runs.js';

const SMALL_GRID = fileURLToPath(new URL('../fixtures/small-grid.yaml', import.meta.url));
const SLOW_GRID = fileURLToPath(new URL('../fixtures/slow-grid.yaml', import.meta.url));
let box: Sandbox;
afterEach(() => box.dispose());

interface Submitted {
  searchId: string;
  experimentId: string;
  parentRunId: string;
}

async function submit(file: string): Promise<Submitted> {
  const end = await box.run('submit', file, '--json');
  expect(end.code, end.stderr).toBe(0);
  return JSON.parse(end.stdout) as Submitted;
}

test('cancel under load drops the jobs, kills unfinished runs and leaves other searches alone', async () => {
  box = sandbox();
  const up = box.start('up', '--port', '0', '--workers', '2', '--json');
  const { trackingUri } = JSON.parse(await up.firstLine) as { trackingUri: string };
  const client = createTrackingClient({ uri: trackingUri });
  const redis = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
  try {
    const { searchId, experimentId, parentRunId } = await submit(SLOW_GRID);
    const runs = () => runsOf(client, experimentId, searchId);
    await until('a fold is under way', async () =>
      (await runs()).folds.some(({ info }) => info.status === 'RUNNING'),
    );
    const other = await submit(SMALL_GRID);

    const end = await box.run('cancel', 'slow-grid', '--json');
    expect(end.stderr).toBe('');
    expect(JSON.parse(end.stdout)).toEqual({ searchId, status: 'KILLED' });
    expect(end.code).toBe(0);
    expect((await client.getRun(parentRunId)).info.status).toBe('KILLED');

    // The other search waits behind the cancelled one's folds, so that its end shows that none are left.
    await until(
      'the other search has ended',
      async () => (await client.getRun(other.parentRunId)).info.status === 'FINISHED',
    );
    const { all, children, folds } = await runs();
    expect(children).toHaveLength(8);
    expect(folds.length).toBeLessThan(24);
    for (const { info } of all) expect(['KILLED', 'FINISHED']).toContain(info.status);
    expect(children.filter(({ info }) => info.status === 'KILLED').length).toBeGreaterThan(0);
    const keysOf = async () => {
      const keys = await redis.keys(`*${searchId}*`);
      return keys.filter((key) => !key.endsWith(':events'));
    };
    await until('no job of it is left', async () => (await keysOf()).length === 0);

    const again = await box.run('cancel', searchId);
    expect(again.stderr).toContain(`search ${searchId} has ended`);
    expect(again.code).toBe(2);
    expect((await box.run('resume', searchId)).code).toBe(2);
    expect(up.stderr()).toBe('');
  } finally {
    redis.disconnect();
  }
}, 180_000);

test('a search that nobody has taken yet can be cancelled', async () => {
  box = sandbox();
  const { searchId } = await submit(SLOW_GRID);
  const end = await box.run('cancel', searchId);
  expect(end.code, end.stderr).toBe(0);
  expect(end.stdout).toContain(`Cancelled search ${searchId}`);
  const resumed = await box.run('resume');
  expect(resumed.stderr).toContain('no search is waiting to go on');
  const [row] = JSON.parse((await box.run('status', '--json')).stdout) as { status: string }[];
  expect(row).toMatchObject({ searchId, status: 'KILLED' });
}, 60_000);
