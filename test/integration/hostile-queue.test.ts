/** Somebody who can write to Redis, or runs the tracking server, and means harm. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { describe, expect } from 'vitest';
import { connectRedis, FOLD_QUEUE, PREFIX, TRACKING_URI_KEY } from '../../queue/index.js';
import { createTrackingClient } from '../../tracking/client/index.js';
import type { Sandbox } from '../support/cli.js';
import { ended, foldUnderWay, runsOf } from '../support/runs.js';
import { SLOW_GRID, SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

const redisOf = (box: Sandbox) => connectRedis(`unix://${join(box.home, 'redis.sock')}`);

/** A job as the queue has it, taken from a search that was submitted in earnest. */
async function someJob(box: Sandbox): Promise<Record<string, unknown>> {
  const redis = redisOf(box);
  try {
    const key = await until(
      'a fold is queued',
      async () => (await redis.keys(`${PREFIX}:${FOLD_QUEUE}:*.f2`))[0],
    );
    return JSON.parse((await redis.hget(key, 'data'))!) as Record<string, unknown>;
  } finally {
    redis.disconnect();
  }
}

describe('who writes to Redis', { timeout: 120_000 }, () => {
  test('can’t have a worker read a file', async ({ box, folder }) => {
    const { client } = await box.up();
    const search = await box.submit(SMALL_GRID);
    const job = await someJob(box);
    const secret = join(folder, 'secret.csv');
    writeFileSync(secret, 'text,label\nTOP-SECRET,a\nother,b\n');
    const redis = redisOf(box);
    const queue = new Queue(FOLD_QUEUE, { connection: redis, prefix: PREFIX });
    queue.on('error', () => undefined);
    const context = job.context as Record<string, unknown>;
    const dataset = {
      source: 'file',
      path: secret,
      format: 'csv',
      columns: { text: 'text', label: 'label' },
      test_size: 0.2,
    };
    const forged = [
      { ...job, context: { ...context, dataset } },
      {
        ...job,
        context: { ...context, dataset, snapshot: { artifact: 'a', sha256: '../../../etc/passwd' } },
      },
    ];
    for (const [i, data] of forged.entries())
      await queue.add('fold', data, { jobId: `forged-${i}`, lifo: true, attempts: 1 });
    const worker = box.start('worker', '--concurrency', '1', '--grace', '0');
    for (const i of forged.keys()) {
      const failed = await until('it failed', async () => {
        const found = await queue.getJob(`forged-${i}`);
        return found?.failedReason ? found : undefined;
      });
      expect(failed.failedReason).toMatch(/names a file of this machine|sha256/);
    }
    await queue.close();
    redis.disconnect();
    const { all } = await runsOf(client, search);
    expect(JSON.stringify(all) + worker.stderr()).not.toContain('TOP-SECRET');
  });

  test('can’t have credentials sent anywhere, while a worker in the folder of `up` needs no address', async ({
    boxWith,
  }) => {
    const box = boxWith({ MLFLOW_TRACKING_TOKEN: 'let-me-in' });
    const heard: (string | undefined)[] = [];
    const thief = createServer((incoming, answer) => {
      heard.push(incoming.headers.authorization);
      answer.writeHead(500).end();
    }).listen(0, '127.0.0.1');
    await once(thief, 'listening');
    const { port } = thief.address() as { port: number };

    const up = await box.up();
    const worker = box.start('worker', '--concurrency', '1', '--grace', '0');
    const token = createTrackingClient({ uri: up.trackingUri, token: 'let-me-in' });
    const search = await box.submit(SLOW_GRID);
    await foldUnderWay(token, search);

    const redis = redisOf(box);
    const steal = setInterval(
      () => void redis.set(TRACKING_URI_KEY, `http://127.0.0.1:${port} ${'0'.repeat(64)}`, 'EX', 60),
      20,
    );
    await until('the worker waits', () => worker.stderr().includes('holds credentials for tracking'));
    clearInterval(steal);
    expect(heard).toEqual([]);
    // `up` publishes its own again.
    expect(await ended(token, search, 100_000)).toBe('FINISHED');
    redis.disconnect();
    thief.close();
  });

  test('can neither have anything trained nor forge a result, once there is a secret', async ({
    boxWith,
  }) => {
    const box = boxWith({ GRIDSEARCH_SECRET: 'a secret that all processes share' });
    const { client } = await box.up();
    const search = await box.submit(SLOW_GRID);
    const job = await someJob(box);
    expect(Object.keys(job).sort()).toEqual(['hmac', 'sealed']);
    const redis = redisOf(box);
    const queue = new Queue(FOLD_QUEUE, { connection: redis, prefix: PREFIX });
    queue.on('error', () => undefined);
    const stranger = boxWith({ GRIDSEARCH_HOME: box.home });
    const outside = stranger.start('worker', '--concurrency', '1');
    await until('it says what it lacks', () => outside.stderr().includes('set GRIDSEARCH_SECRET'));
    outside.child.kill('SIGTERM');
    await outside.ended;
    expect((await runsOf(client, search)).folds).toEqual([]);
    await queue.add('fold', JSON.parse(job.sealed as string), { jobId: 'unsigned', lifo: true, attempts: 5 });
    await box.worker(2);
    const refused = await until('it was refused', async () => {
      const found = await queue.getJob('unsigned');
      return found?.failedReason ? found : undefined;
    });
    expect(refused.failedReason).toContain('is not signed');
    expect(await ended(client, search)).toBe('FINISHED');
    await queue.close();
    redis.disconnect();
  });
});

test('a tracking server can’t have files written or read here, unless the folder is allowed', async ({
  folder,
  tracking,
}) => {
  const run = await tracking.client.createRun({ experimentId: '0', runName: 'x', startTime: 1, tags: {} });
  const target = join(folder, 'chosen');
  mkdirSync(target);
  const hostile = { info: { artifactUri: `file://${target}` } };
  for (const uri of [`file://${target}`, target, `file://${folder}/allowed/../chosen`]) {
    const owner = { info: { artifactUri: uri } };
    for (const client of [
      tracking.client,
      createTrackingClient({ uri: tracking.uri, artifactRoot: join(folder, 'allowed') }),
    ]) {
      await expect(client.uploadArtifact(owner, 'a.txt', Buffer.from('x'))).rejects.toThrow(
        'GRIDSEARCH_ARTIFACT_ROOT',
      );
      await expect(client.downloadArtifact(owner, 'a.txt')).rejects.toThrow('GRIDSEARCH_ARTIFACT_ROOT');
    }
  }
  expect(readdirSync(target)).toEqual([]);
  const trusting = createTrackingClient({ uri: tracking.uri, artifactRoot: folder });
  await trusting.uploadArtifact(hostile, 'a.txt', Buffer.from('x'));
  expect(existsSync(join(target, 'a.txt'))).toBe(true);
  expect(run.info.artifactUri).toMatch(/^mlflow-artifacts:/);
});
