/** Changes of champion on a real Redis and a real tracking server, at once and one after another. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openRedis, type RedisAccess } from '../../orchestrator/app/private-redis.js';
import {
  CHAMPION,
  contend,
  promoteVersion,
  type Registry,
  restoreChampion,
} from '../../orchestrator/search/champion.js';
import { connectRedis, LockLostError, withLock } from '../../queue/index.js';
import { createTrackingClient, type ModelVersion, TAGS } from '../../tracking/client/index.js';
import { expectNoneLeft } from '../support/processes.js';
import { embeddedServer, type TrackingFixture } from '../support/tracking.js';

let access: RedisAccess;
let server: TrackingFixture;
let registries: Registry[];

beforeAll(async () => {
  server = await embeddedServer();
  access = await openRedis(server.folder, {});
  // Three processes as it were: each has a connection and a client of its own.
  registries = [1, 2, 3].map(() => ({
    redis: connectRedis(access.url),
    tracking: createTrackingClient({ uri: server.uri }),
  }));
});
afterAll(async () => {
  for (const { redis } of registries) redis.disconnect();
  await access.release();
  await expectNoneLeft(server.folder);
  await server.close();
});

const tracking = () => registries[0]!.tracking;

async function register(name: string, score: number): Promise<ModelVersion> {
  await tracking().createRegisteredModel(name);
  const run = await tracking().createRun({
    experimentId: '0',
    runName: 'refit',
    startTime: Date.now(),
    tags: {},
  });
  const { version } = await tracking().createModelVersion({
    name,
    source: `${run.info.artifactUri}/model`,
    runId: run.info.runId,
    tags: {
      [TAGS.testScore]: String(score),
      [TAGS.testDigest]: 'rows',
      [TAGS.datasetDigest]: 'data',
      [TAGS.objective]: 'f1_macro',
      [TAGS.direction]: 'maximize',
    },
  });
  return tracking().getModelVersion(name, version);
}

const champion = async (name: string) => (await tracking().getVersionByAlias(name, CHAMPION))?.version;

describe('the champion', () => {
  test('is the best of the versions that searches register at once', async () => {
    for (let round = 0; round < 10; round++) {
      const name = `raced-${round}`;
      const versions = [];
      for (const score of [0.5, 0.9, 0.6, 0.7]) versions.push(await register(name, score));
      await contend(registries[0]!, versions[0]!);
      await Promise.all(versions.slice(1).map((version, k) => contend(registries[k]!, version)));
      expect(await champion(name)).toBe('2');
    }
  });

  test('goes back step by step, and no further than there were steps', async () => {
    const registry = registries[0]!;
    const [first, second, third] = [
      await register('stepped', 0.5),
      await register('stepped', 0.6),
      await register('stepped', 0.7),
    ];
    await contend(registry, first);
    await promoteVersion(registry, third);
    await promoteVersion(registry, second);
    expect(await champion('stepped')).toBe('2');
    expect(await restoreChampion(registry, 'stepped')).toEqual({ restored: '3', rolledBack: '2' });
    expect(await restoreChampion(registry, 'stepped')).toEqual({ restored: '1', rolledBack: '3' });
    expect(await restoreChampion(registry, 'stepped')).toBeUndefined();
    expect(await champion('stepped')).toBe('1');
  });

  test('was a challenger before it was promoted, and is none any more', async () => {
    const registry = registries[0]!;
    const [first, second] = [await register('promoted', 0.5), await register('promoted', 0.4)];
    await contend(registry, first);
    await contend(registry, second);
    expect((await tracking().getModelVersion('promoted', '2')).aliases).toEqual(['challenger']);
    await promoteVersion(registry, second);
    expect((await tracking().getModelVersion('promoted', '2')).aliases).toEqual(['champion']);
  });

  test('is a challenger again after the promotion was undone, unless a later one is', async () => {
    const registry = registries[0]!;
    const [first, second] = [await register('undone', 0.5), await register('undone', 0.4)];
    await contend(registry, first);
    await contend(registry, second);
    const aliases = async (version: string) => (await tracking().getModelVersion('undone', version)).aliases;
    await promoteVersion(registry, second);
    await restoreChampion(registry, 'undone');
    expect([await aliases('1'), await aliases('2')]).toEqual([['champion'], ['challenger']]);

    await promoteVersion(registry, second);
    await contend(registry, await register('undone', 0.3));
    await restoreChampion(registry, 'undone');
    expect([await aliases('1'), await aliases('2'), await aliases('3')]).toEqual([
      ['champion'],
      [],
      ['challenger'],
    ]);
  });
});

describe('a lock', () => {
  test('lets one in at a time, and is free again after a failure', async () => {
    let inside = 0;
    const enter = (k: number) =>
      withLock(registries[k % 3]!.redis, 'test', async () => {
        expect(++inside).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inside--;
        if (k === 4) throw new Error('failed inside');
        return k;
      });
    const results = await Promise.allSettled(Array.from({ length: 9 }, (_, k) => enter(k)));
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    ).toEqual([0, 1, 2, 3, 'failed inside', 5, 6, 7, 8]);
  });

  test('is not waited for endlessly', async () => {
    await withLock(registries[0]!.redis, 'held', async () => {
      await expect(
        withLock(registries[1]!.redis, 'held', async () => 1, { patienceMs: 100 }),
      ).rejects.toThrow('is locked');
    });
  });

  test('that somebody else holds by now stops its former holder before the next change', async () => {
    const { redis } = registries[0]!;
    await withLock(
      redis,
      'stolen',
      async (held) => {
        held();
        await redis.set('gridsearch:lock:stolen', 'somebody else');
        await vi.waitFor(() => expect(held).toThrow('the lock stolen was lost'), 5000);
      },
      { lifetimeMs: 600 },
    );
    expect(await redis.getdel('gridsearch:lock:stolen')).toBe('somebody else');
  });

  test('stops a holder that was frozen past its lifetime as soon as it wakes up', async () => {
    const action = withLock(
      registries[0]!.redis,
      'frozen',
      async (held) => {
        // As SIGSTOP does: no timer of this process runs meanwhile.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
        held();
        return 'changed';
      },
      { lifetimeMs: 300 },
    );
    await expect(action).rejects.toThrow(LockLostError);
  });
});
