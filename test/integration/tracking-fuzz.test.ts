/**
 * Hostile requests at every endpoint of the embedded server: whatever comes in, it answers, and never with 500. The
 * requests are the same in every run; `FUZZ_SEED` and `FUZZ_ROUNDS` make others, or more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../tracking/server/app.js';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';

const SEED = Number(process.env.FUZZ_SEED ?? 20_260_101);
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 30);

type Random = () => number;

/** Mulberry32: 32 bits of state are enough for test data. */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const one = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const token = (cells: unknown): string => Buffer.from(JSON.stringify(cells)).toString('base64url');
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** Values that broke something somewhere once, or look as if they could. */
const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '%2e%2e/x',
  '\0',
  'a\0b',
  '\ud800',
  '\u202e',
  '\n',
  '🦊'.repeat(300),
  "'",
  '"',
  "'; DROP TABLE runs; --",
  '`',
  '%',
  '_',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '-Infinity',
  '1e999',
  '-0',
  '0x10',
  '9223372036854775807',
  '-9223372036854775809',
  '1'.repeat(400),
  'x'.repeat(100_001),
  'javascript:alert(1)',
  'file:///etc/passwd',
  'mlflow-artifacts:/../..',
  'mlflow-artifacts:',
  'models:/',
  'models:/a@b',
  'runs:/',
  's3://b/x',
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 63,
  [],
  {},
  [null],
  [[]],
  [{}],
  ['x'],
  [1],
  ['x', null],
  { key: 'x' },
  [{ key: '__proto__', value: '__proto__' }],
  [{ key: 'k', value: 'v' }],
  [{ key: 'k', value: 1, timestamp: 1 }],
  [{ key: 'k', value: 'NaN', timestamp: '1', step: -1, model_id: 'x', dataset_name: 'd' }],
  [{ dataset: { name: 'n', digest: 'd', source_type: 't', source: 's' }, tags: [{ key: 'k' }] }],
  [{ dataset_name: 'd', dataset_digest: '' }],
  [{ model_id: 'm' }],
  [{ field_name: 'metrics.m', ascending: false }],
  Array.from({ length: 1000 }, () => 'metrics.m'),
  Array.from({ length: 1000 }, () => ({ field_name: 'name' })),
  Array.from({ length: 1000 }, () => ({ dataset_name: 'd' })),
  Array.from({ length: 1001 }, (_, index) => ({ key: `k${index}`, value: 1, timestamp: 1 })),
  deep(2000),
  ...[
    [null],
    [null, null],
    [null, null, null],
    [null, null, null, null],
    ['a', 1, null, 2],
    [1e300, 'x'],
    7,
    {},
  ].map(token),
];

const LISTS = [
  `run_id IN (${Array(33_000).fill("''").join(',')})`,
  `run_id NOT IN (${Array(12_000).fill("'a'").join(',')})`,
  `name IN (${Array(33_000).fill("''").join(',')})`,
];
const FILTERS: readonly string[] = [
  ...LISTS,
  ...['params.p', 'tags.t', 'name', 'run_name', 'dataset.name', 'attributes.status'].flatMap((subject) => [
    `${subject} LIKE '${'%a'.repeat(30_000)}'`,
    `${subject} ILIKE '${'%a'.repeat(4999)}'`,
    `${subject} LIKE '${'_'.repeat(9999)}%'`,
    `${subject} = 'x'`,
    `${subject} IN ('x',)`,
    `${subject} IS NULL`,
    `${subject} > 1`,
  ]),
  'metrics.m > 1e999',
  'metrics.m != -0.0',
  'metrics.`a` = 1',
  'metrics."a.b" > 0.5 AND metrics.m < 1e308',
  'start_time > 9223372036854775807',
  "tags.`` = ''",
  '`',
  "a.b.c.d = 'x'",
  '('.repeat(50_000),
  "params.a = 'b' AND ".repeat(600),
  Array(500).fill("params.a = 'b'").join(' AND '),
  '= = =',
  'AND',
  "__proto__.x = 'y'",
  "attributes.__proto__ = 'y'",
  "constructor = 'y'",
  "\ud800 = '\0'",
];
const ORDERS: readonly string[] = [
  'metrics.m',
  'params.p DESC',
  'tags.`` ASC',
  'name',
  'start_time DESC',
  'end_time',
  '__proto__',
  'attributes.constructor',
  'name name name',
  '\0',
  'version_number DESC',
  'last_updated_timestamp',
];

describe('hostile requests', () => {
  let folder: string;
  let server: TrackingServer;
  /** What each field would hold in a request that means well. */
  let decent: Record<string, unknown>;
  const sent = { requests: 0 };

  const send = async (method: string, path: string, init: { type?: string; body?: string } = {}) => {
    sent.requests += 1;
    const { type = 'application/json', body } = init;
    return fetch(`${server.uri}${path}`, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    });
  };
  /** 501 is said where MLflow says it; anything else of that kind is a fault of the server. */
  const expectAnswer = async (answer: Response, request: string) => {
    const text = await answer.text();
    if (answer.status >= 500 && answer.status !== 501) {
      throw new Error(`${answer.status} ${text.slice(0, 300)} to ${request.slice(0, 1000)} (seed ${SEED})`);
    }
    return text;
  };
  const post = async (path: string, fields: object) => {
    const answer = await send('POST', `/api/2.0/mlflow/${path}`, { body: JSON.stringify(fields) });
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as Record<string, never>;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tracking-fuzz-'));
    server = await startTrackingServer({ dataDir: folder });
    const { run } = (await post('runs/create', { experiment_id: '0', start_time: 1 })) as unknown as {
      run: { info: { run_id: string } };
    };
    const { model } = (await post('logged-models', { experiment_id: '0', name: 'logged' })) as unknown as {
      model: { info: { model_id: string } };
    };
    const runId = run.info.run_id;
    const modelId = model.info.model_id;
    await post('runs/log-batch', {
      run_id: runId,
      metrics: [
        { key: 'm', value: 1, timestamp: 1, model_id: modelId },
        { key: 'm', value: 'NaN', timestamp: 2, step: 1 },
      ],
      params: [{ key: 'p', value: 'a'.repeat(6000) }],
      tags: [{ key: 't', value: 'a'.repeat(8000) }],
    });
    await post('registered-models/create', { name: 'registered' });
    // Where a pattern finds the most to try itself on.
    await post('registered-models/set-tag', { name: 'registered', key: 't', value: 'a'.repeat(100_000) });
    await post('model-versions/create', { name: 'registered', source: 's3://b/x', run_id: runId });
    decent = {
      experiment_id: '0',
      experiment_ids: ['0'],
      experiment_name: 'Default',
      run_id: runId,
      run_uuid: runId,
      run_ids: [runId],
      model_id: modelId,
      name: 'registered',
      version: '1',
      new_name: 'other',
      alias: 'a',
      stage: 'Staging',
      archive_existing_versions: true,
      source: 's3://b/x',
      key: 'k',
      value: 'v',
      timestamp: 1,
      step: 0,
      status: 'READY',
      max_results: 5,
      metric_key: 'm',
      path: 'a',
    };
  }, 60_000);
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Fields that only hostile requests fill; the rest they take from the decent one. */
  const ONLY_HOSTILE =
    'filter order_by page_token view_type run_view_type tags params metrics datasets models description run_name user_id start_time end_time artifact_location run_link model_type source_run_id tag_key stages model_json expiration start_step end_step experiment_name artifact_file_path'.split(
      ' ',
    );

  function hostileValue(random: Random, field: string): unknown {
    if (field === 'filter' && random() < 0.8) return one(random, FILTERS);
    if (field === 'order_by' && random() < 0.7) {
      const size = one(random, [1, 2, 70]);
      return Array.from({ length: size }, () => one(random, ORDERS));
    }
    return one(random, HOSTILE);
  }

  function fieldsFor(random: Random): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    const badly = random() < 0.5 ? 0.15 : 0.03;
    for (const [field, value] of Object.entries(decent)) {
      if (random() < 0.1) continue;
      fields[field] = random() < badly ? hostileValue(random, field) : value;
    }
    for (const field of ONLY_HOSTILE) if (random() < 0.15) fields[field] = hostileValue(random, field);
    return fields;
  }

  const inPath = (path: string, fields: Record<string, unknown>) =>
    path.replace(
      /:(\w+)/g,
      (_, field: string) => encodeURIComponent(wellFormed(fields[field] ?? 'x')) || 'x',
    );
  /** URLs hold neither lone surrogates nor more than a server's header takes. */
  const wellFormed = (value: unknown): string =>
    (typeof value === 'string' ? value : JSON.stringify(value))
      .slice(0, 500)
      .replace(/[\ud800-\udfff]/g, '?');

  it.each(ROUTES.map(({ methods, path }) => [methods.join('/'), path, methods] as const))(
    '%s %s answers each of them',
    async (_name, path, methods) => {
      const random = seeded(SEED + [...path].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
      for (let round = 0; round < ROUNDS; round++) {
        const fields = fieldsFor(random);
        const method = one(random, methods);
        const place = `/${one(random, ['api', 'ajax-api'])}/2.0/${inPath(path, fields)}`;
        const query = new URLSearchParams();
        for (const [field, value] of Object.entries(fields)) {
          for (const part of Array.isArray(value) ? value.slice(0, 70) : [value])
            query.append(field, wellFormed(part));
        }
        const answer =
          method === 'GET'
            ? await send(method, `${place}?${query}`.slice(0, 12_000))
            : await send(method, place, { body: JSON.stringify(fields) });
        await expectAnswer(answer, `${method} ${place} ${JSON.stringify(fields)}`);
      }
      // The server still does its work.
      expect((await send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0')).status).toBe(200);
    },
  );

  it.each(FILTERS.map((filter) => [filter.slice(0, 60), filter]))(
    'filters of every search: %s',
    async (_name, filter) => {
      for (const [path, more] of [
        ['runs/search', { experiment_ids: ['0'] }],
        ['experiments/search', { max_results: 5 }],
        ['logged-models/search', { experiment_ids: ['0'] }],
        ['registered-models/search', {}],
        ['model-versions/search', {}],
      ] as const) {
        const body = JSON.stringify({ filter, ...more });
        await expectAnswer(await send('POST', `/api/2.0/mlflow/${path}`, { body }), `${path} ${body}`);
      }
    },
  );

  it.each(HOSTILE.map((value) => [JSON.stringify(value).slice(0, 60), value]))(
    'pages and orders of every search: %s',
    async (_name, value) => {
      for (const [path, more] of [
        ['runs/search', { experiment_ids: ['0'] }],
        ['experiments/search', { max_results: 5 }],
        ['logged-models/search', { experiment_ids: ['0'] }],
        ['registered-models/search', {}],
        ['model-versions/search', {}],
      ] as const) {
        for (const field of ['page_token', 'order_by', 'datasets', 'experiment_ids', 'max_results']) {
          const body = JSON.stringify({ ...more, [field]: value });
          await expectAnswer(await send('POST', `/api/2.0/mlflow/${path}`, { body }), `${path} ${body}`);
        }
      }
    },
  );

  it.each([
    ['no JSON', '{', 'application/json'],
    ['a number', '7', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded'],
    ['nothing in another type', '', 'text/plain'],
    ['bytes that are no UTF-8', '\xff\xfe', 'application/json'],
    ['a million brackets', '['.repeat(1_000_000), 'application/json'],
    ['a deep field', `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json'],
    ['a field that is a prototype', '{"__proto__":{"name":"x"},"constructor":1}', 'application/json'],
    ['an encoded type', '{}', 'application/json; charset=utf-16'],
  ])('bodies: %s', async (_name, body, type) => {
    for (const { methods, path } of ROUTES) {
      const method = methods.find((one) => one !== 'GET');
      if (!method) continue;
      const place = `/api/2.0/${inPath(path, decent)}`;
      await expectAnswer(await send(method, place, { type, body }), `${method} ${place}`);
    }
    await expectAnswer(await send('POST', '/graphql', { type, body }), 'graphql');
  });

  it('artifacts', async () => {
    const random = seeded(SEED);
    const texts = HOSTILE.map(wellFormed).filter((text) => text !== '');
    for (const text of texts) {
      const name = encodeURIComponent(text);
      for (const start of [
        '/api/2.0/mlflow-artifacts/artifacts',
        `/api/2.0/mlflow-artifacts/artifacts/0/x`,
      ]) {
        for (const method of ['PUT', 'GET', 'DELETE']) {
          const place = `${start}/${name}${one(random, ['', '/', '/x', '/%2e'])}`;
          const answer = await send(method, place, method === 'PUT' ? { body: 'x' } : {});
          await expectAnswer(answer, `${method} ${place}`);
        }
      }
      for (const place of [
        `/api/2.0/mlflow-artifacts/artifacts?path=${name}`,
        `/api/2.0/mlflow/artifacts/list?run_id=${decent.run_id}&path=${name}`,
        `/api/2.0/mlflow/artifacts/list?run_id=${name}`,
        `/get-artifact?run_id=${decent.run_id}&path=${name}`,
        `/get-artifact?run_id=${name}&path=a`,
        `/model-versions/get-artifact?name=registered&version=${name}&path=a`,
        `/model-versions/get-artifact?name=registered&version=1&path=${name}`,
        `/api/2.0/mlflow/logged-models/${decent.model_id}/artifacts/directories?artifact_directory_path=${name}`,
        `/api/2.0/mlflow/logged-models/${decent.model_id}/artifacts/files?artifact_file_path=${name}`,
        `/api/2.0/mlflow-artifacts/presigned/${name}`,
        `/${name}`,
      ]) {
        await expectAnswer(await send('GET', place), place);
      }
      const uploaded = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${decent.run_id}&path=${name}`;
      await expectAnswer(await send('POST', uploaded, { type: 'text/plain', body: 'x' }), uploaded);
    }
  });

  it('uploads in parts', async () => {
    const random = seeded(SEED);
    const start = '/api/2.0/mlflow-artifacts/mpu';
    const json = (fields: object) => ({ type: 'application/json', body: JSON.stringify(fields) });
    for (const value of HOSTILE) {
      const name = encodeURIComponent(wellFormed(value) || 'x');
      const part = {
        part_number: one(random, HOSTILE),
        etag: one(random, HOSTILE),
        url: one(random, HOSTILE),
      };
      const fields = one(random, [
        { path: value, num_parts: 1, upload_id: value, parts: [part] },
        { path: 'a', num_parts: value, upload_id: 'x', parts: value },
        { path: one(random, HOSTILE), num_parts: 2, upload_id: one(random, HOSTILE), parts: [part, part] },
      ]);
      for (const step of ['create', 'complete', 'abort']) {
        for (const place of [`${start}/${step}/${name}`, `${start}/${step}/0/x/artifacts/model`])
          await expectAnswer(await send('POST', place, json(fields)), place);
      }
      for (const place of [`${start}/part/${name}/1`, `${start}/part/x/${name}`])
        await expectAnswer(await send('PUT', place, { body: 'x' }), place);
    }
  });

  it('GraphQL', async () => {
    const fields = [
      'mlflowGetRun { run { info { runId } experiment { name } modelVersions { name } } }',
      'mlflowGetExperiment { experiment { name } }',
      'mlflowSearchRuns { runs { info { runId } data { metrics { value } } } }',
      'mlflowGetMetricHistoryBulkInterval { metrics { value } }',
      'mlflowListArtifacts { files { path } }',
      'mlflowSearchModelVersions { modelVersions { name } }',
    ];
    for (const field of fields) {
      const type = `M${field.slice(1, field.indexOf(' '))}Input`;
      const query = `query Q($input: ${type}) { ${field.replace(' ', '(input: $input) ')} }`;
      for (const value of HOSTILE) {
        for (const name of [
          'runId',
          'experimentId',
          'experimentIds',
          'filter',
          'orderBy',
          'pageToken',
          'path',
          'runIds',
        ]) {
          const input = { runId: decent.run_id, experimentIds: ['0'], metricKey: 'm', [name]: value };
          const known = Object.fromEntries(
            Object.entries(input).filter(([key]) => KNOWN[type]?.includes(key)),
          );
          if (!(name in known)) continue;
          const body = JSON.stringify({ query, variables: { input: known } });
          await expectAnswer(await send('POST', '/graphql', { body }), body);
        }
      }
    }
    for (const value of HOSTILE) {
      const body = JSON.stringify({ query: value, variables: value, operationName: value });
      await expectAnswer(await send('POST', '/graphql', { body }), body);
    }
  });
  const KNOWN: Readonly<Record<string, readonly string[]>> = {
    MlflowGetRunInput: ['runId'],
    MlflowGetExperimentInput: ['experimentId'],
    MlflowSearchRunsInput: ['experimentIds', 'filter', 'orderBy', 'pageToken'],
    MlflowGetMetricHistoryBulkIntervalInput: ['runIds', 'metricKey'],
    MlflowListArtifactsInput: ['runId', 'path'],
    MlflowSearchModelVersionsInput: ['filter', 'orderBy', 'pageToken'],
  };

  it('were many', () => {
    expect(sent.requests).toBeGreaterThan(4000);
  });
});
