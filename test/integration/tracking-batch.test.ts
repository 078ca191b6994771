/** Several requests about runs in one, which the embedded server takes and MLflow's does not. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTrackingClient, type TrackingClient } from '../../tracking/client/index.js';
import { startTrackingServer } from '../../tracking/server/index.js';
import { type FaultyProxy, faultyProxy, PASS, type Seen } from '../support/faulty-proxy.js';
import { embeddedServer, type TrackingFixture } from '../support/tracking.js';

const BATCH = '/api/2.0/gridsearch/batch';
const READS = '/api/2.0/gridsearch/read-batch';

let tracking: TrackingFixture;
beforeEach(async () => {
  tracking = await embeddedServer();
});
afterEach(() => tracking.close());

const post = async (json: unknown) => {
  const response = await fetch(tracking.uri + BATCH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  return {
    status: response.status,
    body: (await response.json()) as { chains?: Answer[][]; message?: string },
  };
};
interface Answer {
  readonly status: number;
  readonly body: { error_code?: string; message?: string; run?: { info: { run_id: string } } };
}

const openRun = async (client: TrackingClient, runName = 'a run') => {
  const run = await client.createRun({ experimentId: '0', runName, startTime: 1, tags: {} });
  return run.info.runId;
};
const log = (runId: string, params: Record<string, string>, more: object = {}) => ({
  path: 'mlflow/runs/log-batch',
  json: { run_id: runId, params: Object.entries(params).map(([key, value]) => ({ key, value })), ...more },
});
const finish = (runId: string) => ({
  path: 'mlflow/runs/update',
  json: { run_id: runId, status: 'FINISHED', end_time: 2 },
});

describe('a batch', () => {
  test('carries each chain out up to its first refusal, of which nothing is kept', async () => {
    const [first, second] = [await openRun(tracking.client), await openRun(tracking.client)];
    await tracking.client.logBatch(first, { params: { units: 8 } });
    const { status, body } = await post({
      chains: [
        // Another value for a parameter is refused, after the one before it was written.
        [log(first, { model: 'lstm', units: '9' }), finish(first)],
        [log(second, { model: 'simple' }), finish(second)],
        [{ path: 'mlflow/runs/create', json: { experiment_id: '0', run_name: 'third' } }],
      ],
    });
    expect(status).toBe(200);
    expect(body.chains!.map((chain) => chain.map((answer) => answer.status))).toEqual([
      [400],
      [200, 200],
      [200],
    ]);
    expect(body.chains![0]![0]!.body).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Changing param values is not allowed'),
    });
    expect(await tracking.client.getRun(first)).toMatchObject({
      info: { status: 'RUNNING' },
      params: { units: '8' },
    });
    expect(await tracking.client.getRun(second)).toMatchObject({
      info: { status: 'FINISHED' },
      params: { model: 'simple' },
    });
    const third = body.chains![2]![0]!.body.run!.info.run_id;
    expect(await tracking.client.getRun(third)).toMatchObject({ info: { runName: 'third' } });
  });

  test('holds its parts to what holds for them alone', async () => {
    const run = await openRun(tracking.client);
    const metric = (k: number) => ({ key: `m${k}`, value: 1, timestamp: 1, step: 0 });
    const many = { metrics: Array.from({ length: 1001 }, (_, k) => metric(k)) };
    const large = {
      tags: Array.from({ length: 100 }, (_, k) => ({ key: `t${k}`, value: 'x'.repeat(12_000) })),
    };
    const { body } = await post({
      chains: [[log(run, {}, many)], [log(run, {}, large)], [log('../x', {})], [log(run, { ok: '1' })]],
    });
    expect(body.chains!.map(([answer]) => answer!.status)).toEqual([400, 400, 400, 200]);
    expect(body.chains![1]![0]!.body.message).toContain('must be at most 1000000 bytes');
  });

  test.for([
    ['another request', { chains: [[{ path: 'mlflow/runs/search', json: {} }]] }],
    ['a batch in it', { chains: [[{ path: 'gridsearch/batch', json: { chains: [] } }]] }],
    ['nothing', { chains: [] }],
    ['no chains', {}],
    ['too many', { chains: [Array.from({ length: 1001 }, () => finish('a'.repeat(32)))] }],
  ] as const)('with %s is refused as a whole', async ([, json]) => {
    const { status, body } = await post(json);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
  });

  test('needs the login that the server asks for, and comes from no page of another site', async () => {
    const headers = { 'content-type': 'application/json', origin: 'http://elsewhere.example' };
    expect((await fetch(tracking.uri + BATCH, { method: 'POST', headers, body: '{}' })).status).toBe(403);
    const closed = await startTrackingServer({
      dataDir: `${tracking.folder}/closed`,
      auth: { token: 'secret' },
    });
    const response = await fetch(closed.uri + BATCH, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    await closed.close();
  });
});

describe('a client', () => {
  let proxy: FaultyProxy;
  let client: TrackingClient;
  let seen: Seen[];
  beforeEach(async () => {
    proxy = await faultyProxy(tracking.uri);
    seen = [];
    proxy.fault = (request) => {
      seen.push(request);
      return PASS;
    };
    client = createTrackingClient({ uri: proxy.uri });
    await openRun(client);
    seen = [];
  });
  afterEach(() => proxy.close());

  test('sends what is ready together as one', async () => {
    const runs = await Promise.all(Array.from({ length: 250 }, (_, k) => openRun(client, `run ${k}`)));
    expect(new Set(runs).size).toBe(250);
    expect(seen.map(({ path }) => path)).toEqual([BATCH, BATCH, BATCH]);
    await client.finishRun(runs[7]!, { metrics: [{ key: 'm', value: 1, timestamp: 1, step: 0 }] }, 2);
    expect(seen).toHaveLength(4);
    expect(await client.getRun(runs[7]!)).toMatchObject({
      info: { runName: 'run 7', status: 'FINISHED' },
      metrics: { m: 1 },
    });
  });

  test('tells each caller what became of its own request', async () => {
    const run = await openRun(client);
    const [good, bad] = await Promise.allSettled([
      client.logBatch(run, { params: { a: 1 } }),
      client.finishRun('0'.repeat(32), { params: { a: 1 } }, 2),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled' });
    expect(bad).toMatchObject({ reason: { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' } });
  });

  test.for([true, false])(
    'repeats what may be repeated when the answer is lost (carried out: %s), and never the opening of a run',
    async (after) => {
      const run = await openRun(client);
      proxy.fault = ({ path }) => (path === BATCH ? { kind: 'drop', after } : PASS);
      const [created, logged] = await Promise.allSettled([
        openRun(client, 'lost'),
        client.finishRun(run, { params: { a: 1 } }, 2),
      ]);
      expect(created).toMatchObject({ reason: { errorCode: 'UNREACHABLE' } });
      expect(logged).toMatchObject({ status: 'fulfilled' });
      expect(await client.getRun(run)).toMatchObject({ info: { status: 'FINISHED' }, params: { a: '1' } });
      const { runs } = await client.searchRunsPage({
        experimentIds: ['0'],
        filter: "attributes.run_name = 'lost'",
      });
      expect(runs).toHaveLength(after ? 1 : 0);
    },
  );

  test('reads runs and histories together, and each to its end', async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, (_, k) => openRun(client, `run ${k}`)));
    const metrics = Array.from({ length: 3000 }, (_, k) => ({ key: 'm', value: k, timestamp: k, step: k }));
    await client.logBatch(runs[3]!, { metrics });
    seen = [];
    const [read, histories] = await Promise.all([
      Promise.all(runs.map((run) => client.getRun(run))),
      Promise.all(runs.map((run) => client.metricHistory(run, 'm'))),
    ]);
    expect(read.map(({ info }) => info.runName)).toEqual(runs.map((_, k) => `run ${k}`));
    expect(histories.map((points) => points.length)).toEqual(runs.map((_, k) => (k === 3 ? 3000 : 0)));
    expect(histories[3]!.at(-1)).toMatchObject({ value: 2999, step: 2999 });
    expect(seen.map(({ path }) => path)).toEqual([READS, READS]);
    await expect(client.getRun('0'.repeat(32))).rejects.toMatchObject({
      status: 404,
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
  });

  test.for([true, false])(
    'copies a folder of artifacts, where the server can in one request: %s',
    async (can) => {
      proxy.fault = (request) => {
        seen.push(request);
        return !can && request.path.endsWith('/artifacts/copy') ? { kind: 'refuse', status: 404 } : PASS;
      };
      const [from, to] = [
        await client.getRun(await openRun(client)),
        await client.getRun(await openRun(client)),
      ];
      const names = ['model/a', 'model/deep/b', 'model/deep/er/c'];
      for (const name of names) await client.uploadArtifact(from, name, Buffer.from(name));
      await client.uploadArtifact(from, 'other', Buffer.from('stays'));
      seen = [];
      // Again, as after an answer that was lost.
      for (let time = 0; time < 2; time++) await client.copyFolder(from, 'model', to);
      if (can) expect(seen).toHaveLength(2);
      else expect(seen.length).toBeGreaterThan(12);
      for (const name of names)
        expect(String(await client.downloadArtifact(to, name.replace('model/', '')))).toBe(name);
      expect((await client.listArtifacts(to)).map(({ path }) => path)).toEqual(['a', 'deep']);
      // From here on each is its own.
      await client.uploadArtifact(from, 'model/a', Buffer.from('new'));
      expect(String(await client.downloadArtifact(to, 'a'))).toBe('model/a');
      await client.uploadArtifact(to, 'deep/b', Buffer.from('newer'));
      expect(String(await client.downloadArtifact(from, 'model/deep/b'))).toBe('model/deep/b');
      expect(await readdir(join(tracking.folder, 'artifacts'))).toEqual([from.info.experimentId]);
      await expect(client.copyFolder(from, 'nothing', to)).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
      });
      if (!can) return;
      const { artifactUri } = from.info;
      for (const place of [`${artifactUri}/model/deep`, artifactUri, `${to.info.artifactUri}/a`])
        await expect(
          client.copyFolder(from, 'model', { info: { artifactUri: place } }),
        ).rejects.toMatchObject({ status: 400 });
      expect((await client.listArtifacts(from, 'model/deep')).map(({ path }) => path)).toEqual([
        'model/deep/b',
        'model/deep/er',
      ]);
    },
  );

  test('reads while another process writes', async () => {
    const run = await openRun(client);
    const db = new DatabaseSync(join(tracking.folder, 'tracking.db'));
    db.exec('BEGIN IMMEDIATE');
    seen = [];
    expect(await client.getRun(run)).toMatchObject({ info: { runName: 'a run' } });
    expect(seen.map(({ path }) => path)).toEqual([READS]);
    db.exec('ROLLBACK');
    db.close();
  });

  test('sends one by one what the server does not take together', async () => {
    const run = await openRun(client);
    proxy.fault = (request) => {
      seen.push(request);
      return request.path === BATCH ? { kind: 'refuse', status: 404 } : PASS;
    };
    await client.finishRun(run, { params: { a: 1 } }, 2);
    expect(await client.getRun(run)).toMatchObject({ info: { status: 'FINISHED' }, params: { a: '1' } });
    expect(seen.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/2.0/mlflow/runs/log-batch', '/api/2.0/mlflow/runs/update']),
    );
  });
});
