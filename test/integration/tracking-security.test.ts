/** What the embedded server refuses: paths that climb, foreign hosts and origins, wrong credentials, large bodies. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrackingClient } from '../../tracking/client/index.js';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';
import { sentWhole } from '../support/senders.js';

/** `fetch` would tidy the path and set the host itself; an attacker does not. */
async function send(
  uri: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(uri);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Every form of leaving the artifact folder that we know of; none may read, write, list or delete outside. */
const TRAVERSALS = [
  '../secret.txt',
  '../../secret.txt',
  'a/../../secret.txt',
  'a/./../../secret.txt',
  '..',
  '.',
  '..%2fsecret.txt',
  '..%252fsecret.txt',
  '%2e%2e/secret.txt',
  '%2e%2e%2fsecret.txt',
  '%252e%252e%252fsecret.txt',
  '%25252e%25252e%25252fsecret.txt',
  '..%5csecret.txt',
  '..%255csecret.txt',
  '%5c%5chost%5cshare',
  'C:%5cWindows%5cwin.ini',
  'C:/Windows/win.ini',
  'c%3a/Windows/win.ini',
  '%2fetc/passwd',
  '%252fetc/passwd',
  '//etc/passwd',
  'file:///etc/passwd',
  'file%3a%2f%2f%2fetc%2fpasswd',
  'runs:/x/y',
  'a%00.txt',
  'a%2500.txt',
  'a%0a.txt',
  'link/secret.txt',
  'link',
  'linked-file',
  'inner/up/secret.txt',
  '%c0%ae%c0%ae/secret.txt',
  '%',
  '%zz/../x',
  `${'a/'.repeat(3000)}x`,
  'x'.repeat(300),
];

/** What the files beneath a folder hold. */
const textsIn = (folder: string): Set<string> =>
  new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );

function decodedOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

describe('security of the embedded server', () => {
  let folder: string;
  let server: TrackingServer;
  let runId: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tracking-security-'));
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    const dataDir = join(folder, 'data');
    server = await startTrackingServer({ dataDir, maxBodyBytes: 10_000, maxArtifactBytes: 100_000 });
    writeFileSync(join(dataDir, 'secret.txt'), 'secret');
    const client = createTrackingClient({ uri: server.uri });
    const run = await client.createRun({ experimentId: '0', runName: 'r', startTime: 1, tags: {} });
    runId = run.info.runId;
    const artifacts = join(dataDir, 'artifacts');
    const own = join(artifacts, '0', runId, 'artifacts');
    for (const home of [artifacts, own]) {
      mkdirSync(join(home, 'inner'), { recursive: true });
      symlinkSync(folder, join(home, 'link'));
      symlinkSync(join(folder, 'secret.txt'), join(home, 'linked-file'));
      symlinkSync('../../../../..', join(home, 'inner', 'up'));
    }
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const post = (path: string, body: object) =>
    send(server.uri, `/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const untouched = () => {
    expect(readFileSync(join(folder, 'secret.txt'), 'utf8')).toBe('secret');
    expect(readdirSync(folder).sort()).toEqual(['data', 'secret.txt']);
    expect(
      readdirSync(join(folder, 'data'))
        .filter((name) => !name.startsWith('tracking.db'))
        .sort(),
    ).toEqual(['artifacts', 'secret.txt']);
  };

  describe.each(TRAVERSALS)('the artifact path %s', (path) => {
    it.each(['/api/2.0/mlflow-artifacts/artifacts', '/ajax-api/2.0/mlflow-artifacts/artifacts'])(
      'stays inside under %s',
      async (proxy) => {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const answer = await send(server.uri, `${proxy}/${path}`, {
            method,
            ...(method === 'PUT' ? { body: 'x' } : {}),
          });
          expect(answer.status, `${method} ${answer.text}`).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expect(answer.text).not.toContain('root:');
          expect(answer.text).not.toBe('secret');
        }
        untouched();
      },
    );

    it('stays inside where it is copied from, and to', async () => {
      const artifacts = join(folder, 'data/artifacts');
      const before = readdirSync(artifacts);
      const own = `0/${runId}/copies`;
      mkdirSync(join(artifacts, own, 'plain'), { recursive: true });
      writeFileSync(join(artifacts, own, 'plain/a.txt'), 'plain');
      for (const text of new Set([path, decodedOnce(path)])) {
        for (const [from, to] of [
          [text, `${own}/copy`],
          [`${own}/${text}`, `${own}/copy`],
          [`${own}/plain`, text],
          [`${own}/plain`, `${own}/${text}`],
          // Names of uploads that are under way.
          [`${own}/plain`, '.uploading-x'],
        ]) {
          const { status } = await send(server.uri, '/api/2.0/gridsearch/artifacts/copy', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ from, to }),
          });
          expect(status, `${from} to ${to}`).toBeLessThan(500);
        }
      }
      expect(textsIn(join(artifacts, own))).toEqual(new Set(['plain']));
      rmSync(join(artifacts, own), { recursive: true });
      // Some of these are names like any other.
      for (const name of readdirSync(artifacts))
        if (!before.includes(name)) rmSync(join(artifacts, name), { recursive: true });
      untouched();
    });

    it('stays inside as a query', async () => {
      for (const target of [
        `/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=${path}`,
        `/api/2.0/mlflow-artifacts/artifacts?path=${path}`,
        `/get-artifact?run_id=${runId}&path=${path}`,
      ]) {
        const { status, text } = await send(server.uri, target);
        expect(status === 200 ? text : '').not.toMatch(/secret|root:|passwd/);
        expect(status).toBeLessThan(500);
      }
      untouched();
    });
  });

  it('takes the path of a request that names the whole address', async () => {
    const proxy = '/api/2.0/mlflow-artifacts/artifacts';
    const stored = await send(server.uri, `${server.uri}${proxy}/0/${runId}/whole.txt?x=1`, {
      method: 'PUT',
      body: 'whole',
    });
    expect(stored.status).toBe(200);
    const place = join(folder, 'data/artifacts/0', runId, 'whole.txt');
    expect(readFileSync(place, 'utf8')).toBe('whole');
    rmSync(place);
    for (const path of ['../secret.txt', '..%2f..%2fsecret.txt', '%2fetc/passwd']) {
      const { status } = await send(server.uri, `${server.uri}${proxy}/${path}`);
      expect([400, 404], path).toContain(status);
    }
    untouched();
  });

  it.each(['con.txt', 'aux.log', 'CON', 'a/NUL.txt', 'lpt1'])(
    'takes %s for a device on Windows only',
    async (name) => {
      const path = `/api/2.0/mlflow-artifacts/artifacts/0/names/${name}`;
      const { status } = await send(server.uri, path, { method: 'PUT', body: 'x' });
      expect(status).toBe(process.platform === 'win32' ? 400 : 200);
    },
  );

  it('stores nothing under a path whose beginning is spelled otherwise', async () => {
    for (const start of ['/x/../api', '/%61pi', '/./api', '//api']) {
      const path = `${start}/2.0/mlflow-artifacts/artifacts/stray/a.txt`;
      const { status } = await send(server.uri, path, { method: 'PUT', body: 'x' });
      expect([400, 404], path).toContain(status);
    }
    expect(readdirSync(join(folder, 'data/artifacts')).sort()).toEqual(['0', 'inner', 'link', 'linked-file']);
  });

  it.each([
    ['/etc/passwd', ''],
    ['file:///etc/passwd', ''],
    ['mlflow-artifacts:/0/RUN/artifacts/../../..', ''],
    ['mlflow-artifacts:/0/RUN/artifacts/%2e%2e/%2e%2e', ''],
    ['mlflow-artifacts:/0/RUN/artifacts/%252e%252e/x', ''],
    ['mlflow-artifacts:/0/RUN/artifactsX/model', ''],
    ['mlflow-artifacts://other/0/RUN/artifacts\\..\\..', ''],
    ['runs:/RUN/../../x', ''],
    ['runs:/00000000000000000000000000000000/model', ''],
    ['C:\\Windows', ''],
    ['mlflow-artifacts:/0/RUN/artifacts/a\0b', ''],
    ['', ''],
  ])('refuses a model version from %j', async (source) => {
    await post('registered-models/create', { name: 'm' });
    const answer = await post('model-versions/create', {
      name: 'm',
      source: source.replace('RUN', runId),
      run_id: runId,
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('INVALID_PARAMETER_VALUE');
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java%73cript:alert(1)',
    'vbscript:x',
    'data:text/html,x',
    'gopher://host/x',
    'jar:file:///etc/passwd',
    'jar:http://host/x.jar!/x',
    'git+https://host/x',
    'ldap://host/x',
    'smb://host/share',
    'sqlite:///x.db',
    'blob:x',
  ])('refuses %s, which nobody can fetch, as a location and as a source', async (uri) => {
    await post('registered-models/create', { name: 'm' });
    const location = await post('experiments/create', { name: uri, artifact_location: uri });
    const source = await post('model-versions/create', { name: 'm', source: uri, run_id: runId });
    for (const answer of [location, source]) {
      expect(answer.status, answer.text).toBe(400);
      expect(answer.text).toContain('INVALID_PARAMETER_VALUE');
    }
  });

  it.each(['s3://bucket/x', 'S3://bucket/x', 'gs://bucket/x', 'wasbs://files@account/x', 'dbfs:/x'])(
    'remembers %s for clients to read from',
    async (uri) => {
      await post('registered-models/create', { name: 'm' });
      const location = await post('experiments/create', { name: `at ${uri}`, artifact_location: uri });
      const source = await post('model-versions/create', { name: 'm', source: uri, run_id: runId });
      expect([location.status, source.status], location.text + source.text).toEqual([200, 200]);
    },
  );

  it.each([
    'http://host/x',
    'HTTPS://host/x',
    'ftp:x',
    'sftp://host/x',
    'hdfs://host/x',
    'viewfs://host/x',
    'r2://bucket@host/x',
    'b2://bucket@host/x',
    'abfss://files@account/x',
    'mlflow-artifacts://host/0/x',
  ])('refuses %s, which names a host, as a location and as a source', async (uri) => {
    const scheme = uri.slice(0, uri.indexOf(':')).toLowerCase();
    await post('registered-models/create', { name: 'm' });
    const location = await post('experiments/create', { name: uri, artifact_location: uri });
    const source = await post('model-versions/create', { name: 'm', source: uri, run_id: runId });
    expect([location.status, source.status]).toEqual([400, 400]);
    expect(location.text).toContain(`'artifact_location' cannot use the '${scheme}' scheme`);
    expect(source.text).toContain(`'source' cannot use the '${scheme}' scheme`);
  });

  it.each(['s3://bucket/x', 'gs://bucket/x', 'wasbs://files@account/x', 'dbfs:/x'])(
    'remembers %s as a location and as a source',
    async (uri) => {
      await post('registered-models/create', { name: 'm' });
      expect((await post('experiments/create', { name: uri, artifact_location: uri })).status).toBe(200);
      expect((await post('model-versions/create', { name: 'm', source: uri })).status).toBe(200);
    },
  );

  it('refuses names and addresses that are not its own, except for its health', async () => {
    const path = '/api/2.0/mlflow/experiments/get?experiment_id=0';
    for (const host of ['evil.example', '8.8.8.8:5000']) {
      const answer = await send(server.uri, path, { headers: { host } });
      expect(answer).toEqual({
        status: 403,
        text: 'Invalid Host header - possible DNS rebinding attack detected',
      });
      expect((await send(server.uri, '/health', { headers: { host } })).status, host).toBe(200);
    }
    expect((await send(server.uri, path, { headers: { host: 'localhost:5000' } })).status).toBe(200);
  });

  it('refuses requests made by pages of other sites', async () => {
    const write = (headers: Record<string, string>) =>
      send(server.uri, '/api/2.0/mlflow/experiments/create', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: 'from a page' }),
      });
    const blocked = { status: 403, text: 'Cross-origin request blocked' };
    expect(await write({ origin: 'http://evil.example' })).toEqual(blocked);
    expect(await write({ 'sec-fetch-site': 'Same-Site' })).toEqual(blocked);
    // What a form can send without asking.
    expect((await write({ 'content-type': 'text/plain' })).status).toBe(400);
    expect((await write({ origin: 'http://localhost:3000' })).status).toBe(200);
  });

  it('bounds bodies and artifacts, declared or not', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(20_000) });
    const json = { 'content-type': 'application/json' };
    const create = '/api/2.0/mlflow/experiments/create';
    const declared = await send(server.uri, create, { method: 'POST', headers: json, body: big });
    const chunked = await send(server.uri, create, {
      method: 'POST',
      headers: { ...json, 'transfer-encoding': 'chunked' },
      body: big,
    });
    expect([declared.status, chunked.status]).toEqual([413, 413]);
    expect(JSON.parse(declared.text)).toEqual({
      error_code: 'REQUEST_TOO_LARGE',
      message: 'The request exceeds the limit of 10000 bytes',
    });
    const path = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/big`;
    expect((await send(server.uri, path, { method: 'PUT', body: Buffer.alloc(200_000) })).status).toBe(413);
    expect(readdirSync(join(folder, 'data/artifacts/0', runId, 'artifacts')).sort()).toEqual([
      'inner',
      'link',
      'linked-file',
    ]);
  });

  it('lets a client read that its body is too large, though it looks only when all is sent', async () => {
    const socket = await sentWhole(server.uri, '/api/2.0/mlflow/experiments/create', 40 * 2 ** 20);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 .*REQUEST_TOO_LARGE/s);
  });

  it('answers nonsense with 400, not 500', async () => {
    for (const body of ['{', '[]', '"x"', 'null', '{"name": {"a": 1}}', '{"__proto__": {"name": "x"}}']) {
      const { status } = await send(server.uri, '/api/2.0/mlflow/experiments/create', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(status, body).toBe(400);
    }
  });
});

describe('requests beyond what the store can hold or compute', () => {
  let folder: string;
  let server: TrackingServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tracking-bounds-'));
    server = await startTrackingServer({ dataDir: folder });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const post = async (path: string, body: object | string) => {
    const { status, text } = await send(server.uri, `/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status, ...JSON.parse(text) };
  };
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

  it('are refused when nested deeply', async () => {
    const refused = { status: 400, error_code: 'BAD_REQUEST', message: 'The request is nested too deeply' };
    expect(await post('experiments/create', `{"name": ${deep}}`)).toEqual(refused);
    const { run } = await post('runs/create', { experiment_id: '0' });
    const model = `{"artifact_path": "", "utc_time_created": "", "run_id": "", "flavors": ${deep}}`;
    expect(await post('runs/log-model', { run_id: run.info.run_id, model_json: model })).toEqual(refused);
  });

  it('are refused when they log a model onto a history that is none', async () => {
    const { run } = await post('runs/create', {
      experiment_id: '0',
      tags: [{ key: 'mlflow.log-model.history', value: '[{' }],
    });
    const model = '{"artifact_path": "", "utc_time_created": "", "run_id": "", "flavors": {}}';
    expect(await post('runs/log-model', { run_id: run.info.run_id, model_json: model })).toMatchObject({
      status: 400,
      message: expect.stringContaining('mlflow.log-model.history'),
    });
  });

  it('are refused when they order or filter by more than SQLite takes', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `metrics.m${index}`);
    const runs = (orderCount: number, clauseCount: number) =>
      post('runs/search', {
        experiment_ids: ['0'],
        order_by: names(orderCount),
        filter: names(clauseCount)
          .map((name) => `${name} > 0`)
          .join(' AND '),
      });
    const models = (count: number) =>
      post('logged-models/search', {
        experiment_ids: ['0'],
        order_by: names(count).map((name) => ({ field_name: name })),
      });
    for (const answer of [await runs(60, 20), await runs(0, 500), await models(60)]) {
      expect(answer).toMatchObject({ status: 200 });
    }
    for (const answer of [await runs(61, 0), await runs(0, 501), await models(100)]) {
      expect(answer).toMatchObject({ status: 400, error_code: 'INVALID_PARAMETER_VALUE' });
    }
  });

  it("are refused when they set a logged model's param again", async () => {
    const params = [{ key: 'a', value: '1' }];
    const { model } = await post('logged-models', { experiment_id: '0', params });
    const path = `logged-models/${model.info.model_id}/params`;
    for (const again of [params, [{ key: 'b', value: '1' }, ...params], [params[0], params[0]]]) {
      expect(await post(path, { params: again })).toMatchObject({ status: 400, error_code: 'BAD_REQUEST' });
    }
    expect(await post(path, { params: [{ key: 'b', value: '2' }] })).toEqual({ status: 200 });
    const twice = await post('logged-models', { experiment_id: '0', params: [...params, ...params] });
    expect(twice).toMatchObject({ status: 400, error_code: 'BAD_REQUEST' });
  });
});

describe('credentials', () => {
  let folder: string;
  let server: TrackingServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tracking-auth-'));
    server = await startTrackingServer({
      dataDir: folder,
      auth: { token: 'tok', username: 'ada', password: 'pä:ss' },
    });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('lets in the token and the password, and nobody else', async () => {
    const get = (credentials: object) =>
      createTrackingClient({ uri: server.uri, ...credentials }).searchExperiments();
    await expect(get({ token: 'tok' })).resolves.toMatchObject([{ name: 'Default' }]);
    await expect(get({ username: 'ada', password: 'pä:ss' })).resolves.toMatchObject([{ name: 'Default' }]);
    for (const wrong of [{}, { token: 'tokk' }, { username: 'ada', password: 'x' }]) {
      await expect(get(wrong)).rejects.toMatchObject({ status: 401, errorCode: 'UNAUTHENTICATED' });
    }
    const { headers } = await fetch(`${server.uri}/`);
    expect(headers.get('www-authenticate')).toBe('Basic realm="mlflow"');
  });

  it('answers its health to anybody', async () => {
    expect((await send(server.uri, '/health')).status).toBe(200);
  });

  it.each([{ token: '' }, { username: 'ada' }, { password: 'secret' }])(
    'do not open a server to everybody when half of them is lacking: %j',
    async (auth) => {
      await expect(startTrackingServer({ dataDir: folder, auth })).rejects.toThrow(/missing or empty/);
    },
  );
});
