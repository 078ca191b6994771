import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BATCH_LIMITS, toBatches, truncate } from '../../tracking/client/batches.js';
import {
  begunAt,
  createTrackingClient,
  datasetInput,
  isTrouble,
  sourceTags,
  TAGS,
  trackingFromEnv,
} from '../../tracking/client/index.js';
import { withoutCredentials } from '../../tracking/client/source-tags.js';

describe('batches', () => {
  it('keep every entry, in order, within every limit', () => {
    const metrics = Array.from({ length: 2300 }, (_, step) => ({
      key: 'm',
      value: step,
      timestamp: 1,
      step,
    }));
    const params = Object.fromEntries(Array.from({ length: 320 }, (_, i) => [`p${i}`, 'ü'.repeat(6000)]));
    const batches = toBatches({ metrics, params, tags: { t: true } });
    for (const batch of batches) {
      expect(batch.metrics.length).toBeLessThanOrEqual(BATCH_LIMITS.metrics);
      expect(batch.params.length).toBeLessThanOrEqual(BATCH_LIMITS.params);
      expect(batch.metrics.length + batch.params.length + batch.tags.length).toBeLessThanOrEqual(
        BATCH_LIMITS.entities,
      );
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(BATCH_LIMITS.bytes);
    }
    expect(batches.flatMap((batch) => batch.metrics.map(({ step }) => step))).toEqual(
      metrics.map(({ step }) => step),
    );
    expect(batches.flatMap((batch) => batch.params)).toHaveLength(320);
    expect(batches.flatMap((batch) => batch.tags)).toEqual([{ key: 't', value: 'true' }]);
  });

  it('are none for nothing', () => {
    expect(toBatches({})).toEqual([]);
  });

  it('write NaN and the infinities as texts', () => {
    const at = { timestamp: 1, step: 0 };
    const [batch] = toBatches({
      metrics: [
        { key: 'a', value: Number.NaN, ...at },
        { key: 'b', value: -Infinity, ...at },
      ],
    });
    expect(batch?.metrics.map(({ value }) => value)).toEqual(['NaN', '-Infinity']);
  });

  it('say at the end of a value that it was cut', () => {
    expect(truncate('x'.repeat(50), 40)).toBe(`${'x'.repeat(12)}… [truncated, 50 characters]`);
    expect(truncate('short', 40)).toBe('short');
  });
});

describe('retries', () => {
  const against = async (answers: number[], call: (uri: string) => Promise<unknown>) => {
    let calls = 0;
    const server = createServer((request, response) => {
      const status = answers[Math.min(calls, answers.length - 1)] as number;
      calls += 1;
      request.resume();
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const outcome = await call(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(
      (error: unknown) => error,
    );
    server.closeAllConnections();
    server.close();
    return { calls, outcome };
  };

  it('repeats a write that can be repeated, through breaks and overload', async () => {
    const { calls, outcome } = await against([503, 0, 429, 200], (uri) =>
      createTrackingClient({ uri }).logBatch('r', { tags: { k: 'v' } }),
    );
    expect(calls).toBe(4);
    expect(outcome).toBeUndefined();
  });

  it('never repeats the opening of a run that may have arrived', async () => {
    for (const status of [0, 503]) {
      const { calls, outcome } = await against([status], (uri) =>
        createTrackingClient({ uri }).createRun({ experimentId: '0', runName: 'x', startTime: 1, tags: {} }),
      );
      expect(calls).toBe(1);
      expect(isTrouble(outcome)).toBe(true);
    }
  });

  it('does not repeat what the server refused', async () => {
    const { calls, outcome } = await against([400], (uri) =>
      createTrackingClient({ uri }).logBatch('r', { tags: { k: 'v' } }),
    );
    expect(calls).toBe(1);
    expect(outcome).toMatchObject({ status: 400 });
  });

  it.each(['ada:secret@', ':secret@'])('keep the password of %s out of the message', async (credentials) => {
    const { outcome } = await against([0], (uri) =>
      createTrackingClient({ uri: uri.replace('//', `//${credentials}`) }).createRun({
        experimentId: '0',
        runName: 'x',
        startTime: 1,
        tags: {},
      }),
    );
    expect(isTrouble(outcome)).toBe(true);
    expect(String(outcome)).toContain('127.0.0.1:');
    expect(String(outcome)).not.toContain('secret');
  });
});

describe('source tags', () => {
  it('name user, program and the checkout', async () => {
    const tags = await sourceTags();
    expect(tags).toMatchObject({
      [TAGS.user]: userInfo().username,
      [TAGS.sourceName]: basename(process.argv[1]!),
      [TAGS.sourceType]: 'LOCAL',
      [TAGS.gitCommit]: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
      [TAGS.gitDirty]: expect.stringMatching(/^(true|false)$/),
    });
  });

  it('do without git where there is no checkout', async () => {
    expect(Object.keys(await sourceTags('/'))).toEqual([TAGS.user, TAGS.sourceName, TAGS.sourceType]);
  });

  it.each([
    ['https://ada:token@example.com/a/b.git', 'https://example.com/a/b.git'],
    ['https://token@example.com/a/b.git?access_token=x', 'https://example.com/a/b.git'],
    ['git@example.com:a/b.git', 'git@example.com:a/b.git'],
  ])('strip the credentials of %s', (url, clean) => {
    expect(withoutCredentials(url)).toBe(clean);
  });
});

it('address and token come from the variables that MLflow itself reads; an empty one is none', () => {
  expect(trackingFromEnv({ MLFLOW_TRACKING_URI: 'http://x', MLFLOW_TRACKING_TOKEN: 't' })).toEqual({
    uri: 'http://x',
    token: 't',
  });
  expect(trackingFromEnv({ MLFLOW_TRACKING_TOKEN: '' })).toEqual({});
});

it('a dataset input carries as much of a digest as MLflow keeps', () => {
  const input = datasetInput({
    name: 'd',
    digest: 'a'.repeat(64),
    sourceType: 'local',
    source: 'x',
    columns: [{ name: 'text', type: 'string' }],
    rows: 3,
    classes: 2,
    context: 'train',
  });
  expect(input.dataset).toMatchObject({
    schema: '{"mlflow_colspec":[{"name":"text","type":"string","required":true}]}',
    profile: '{"num_rows":3,"num_classes":2}',
  });
  expect(input.dataset.digest).toHaveLength(36);
  expect(input.tags).toEqual([{ key: 'mlflow.data.context', value: 'train' }]);
});

it.each([
  [{}, 100],
  [{ [TAGS.waited]: '30' }, 130],
  [{ [TAGS.waited]: '500' }, 200],
  [{ [TAGS.waited]: 'for ever' }, 100],
  [{ [TAGS.waited]: '-30' }, 100],
])('a job of a run from 100 to 200 with tags %j has begun at %i', (tags, begun) => {
  const info = {
    runId: '0',
    runName: 'run',
    experimentId: '1',
    status: 'FINISHED' as const,
    startTime: 100,
    endTime: 200,
    artifactUri: '',
    lifecycleStage: 'active' as const,
  };
  expect(begunAt({ info, tags, metrics: {}, params: {} })).toBe(begun);
});
