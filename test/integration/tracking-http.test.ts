/** How the embedded server answers plain HTTP: methods, ranges, its address in a browser, and what is not there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';

describe('HTTP of the embedded server', () => {
  let folder: string;
  let server: TrackingServer;
  const ask = (path: string, init?: RequestInit) => fetch(`${server.uri}${path}`, init);
  const post = (path: string, body: object) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const newRun = async () => {
    const answer = await post('/api/2.0/mlflow/runs/create', { experiment_id: '0', start_time: 1 });
    const { run } = (await answer.json()) as { run: { info: { run_id: string } } };
    return run.info.run_id;
  };
  const artifact = '/api/2.0/mlflow-artifacts/artifacts/0/hello.txt';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tracking-http-'));
    server = await startTrackingServer({ dataDir: folder });
    await ask(artifact, { method: 'PUT', body: 'hello' });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('says at its address what it is, and lets the page load nothing', async () => {
    const answer = await ask('/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toContain('gridsearch review for web pages');
  });

  it.each([
    ['GET', '/api/2.0/mlflow/experiments/create', 'POST'],
    ['POST', '/ajax-api/2.0/mlflow/runs/get', 'GET, HEAD'],
    ['POST', artifact, 'GET, HEAD, PUT, DELETE'],
    ['DELETE', '/health', 'GET, HEAD'],
  ])('answers %s %s with 405', async (method, path, allowed) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allowed);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toEqual({ error_code: 'METHOD_NOT_ALLOWED', message: 'Method Not Allowed' });
  });

  it('answers a path of its own, or an artifact, that is not there with 404', async () => {
    for (const path of ['/api/2.0/mlflow/nope', `${artifact}.none`]) {
      expect((await ask(path)).status, path).toBe(404);
    }
  });

  test.each([
    ['bytes=0-0', 'h', '0-0'],
    ['bytes=2-', 'llo', '2-4'],
    ['bytes=1-99', 'ello', '1-4'],
    ['bytes=-2', 'lo', '3-4'],
    ['bytes=-99', 'hello', '0-4'],
  ])('the range %s of an artifact is %s', async (range, text, part) => {
    const answer = await ask(artifact, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${part}/5`);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
    expect(await answer.text()).toBe(text);
  });

  test.each(['bytes=2-1', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2'])(
    'the range %s is answered with the whole artifact',
    async (range) => {
      const answer = await ask(artifact, { headers: { range } });
      expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    },
  );

  test.each(['bytes=5-', 'bytes=-0'])('the range %s is none of five bytes', async (range) => {
    const answer = await ask(artifact, { headers: { range } });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */5']);
  });

  it('takes a dot in the path of an artifact for the folder that it stands in', async () => {
    const runId = await newRun();
    const proxy = `/api/2.0/mlflow-artifacts/artifacts`;
    await ask(`${proxy}/0/${runId}/artifacts/dir/a.txt`, { method: 'PUT', body: 'in the folder' });
    const paths = async (path: string) => {
      const answer = await ask(`/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=${path}`);
      expect(answer.status, path).toBe(200);
      const { files = [] } = (await answer.json()) as { files?: { path: string }[] };
      return files.map((file) => file.path);
    };
    expect(await paths('.')).toEqual(['./dir']);
    expect(await paths('./')).toEqual(['./dir']);
    expect(await paths('./dir')).toEqual(['./dir/a.txt']);
    expect(await paths('dir/.')).toEqual(['dir/./a.txt']);
    const listed = await ask(`${proxy}?path=./0/${runId}/artifacts/.`);
    expect(await listed.json()).toEqual({ files: [{ path: 'dir', is_dir: true }] });
    const file = await ask(`/get-artifact?run_id=${runId}&path=./dir/./a.txt`);
    expect(await file.text()).toBe('in the folder');
    const folder = await ask(`/get-artifact?run_id=${runId}&path=.`);
    expect(folder.status).toBe(400);
  });

  test.each([
    ['a b.txt', 'attachment; filename="a b.txt"', 'text/plain'],
    ['q"uote.csv', 'attachment; filename="q\\"uote.csv"', 'text/plain'],
    ['MLmodel', 'attachment; filename=MLmodel', 'text/plain'],
    ['mlproject', 'attachment; filename=mlproject', 'text/plain'],
    ['chart.png', 'attachment; filename=chart.png', 'image/png'],
    ['report.html', 'attachment; filename=report.html', 'text/html'],
    ['model.bin', 'attachment; filename=model.bin', 'application/octet-stream'],
    ['no-extension', 'attachment; filename=no-extension', 'application/octet-stream'],
    ['größe.html', "attachment; filename=groe.html; filename*=UTF-8''gr%C3%B6%C3%9Fe.html", 'text/html'],
    [
      '日本',
      "attachment; filename=download; filename*=UTF-8''%E6%97%A5%E6%9C%AC",
      'application/octet-stream',
    ],
  ])('offers %s for saving under its own name and as its type', async (name, disposition, type) => {
    const runId = await newRun();
    const at = encodeURIComponent(name);
    const proxied = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${at}`;
    await ask(proxied, { method: 'PUT', body: 'x' });
    for (const path of [proxied, `/get-artifact?run_id=${runId}&path=${at}`]) {
      const { headers } = await ask(path);
      expect([headers.get('content-disposition'), headers.get('content-type')]).toEqual([disposition, type]);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('pages through logged models, as many at once as MLflow gives, by a token that holds for one search', async () => {
    const json = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await post(`/api/2.0/mlflow/${path}`, body);
      return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
    };
    const experiment = async (name: string) =>
      String((await json('experiments/create', { name })).experiment_id);
    const [one, other] = [await experiment('models'), await experiment('other models')];
    for (const name of ['a', 'b', 'c']) await json('logged-models', { experiment_id: one, name });
    const find = (more: object) => json('logged-models/search', { experiment_ids: [one], ...more });

    expect((await find({ max_results: 50_000 })).models).toHaveLength(3);
    expect((await find({ max_results: 50_001 })).status).toBe(400);

    const filter = "name != 'x'";
    const { next_page_token: token } = await find({ max_results: 2, filter });
    expect((await find({ page_token: token, filter })).models).toHaveLength(1);
    for (const changed of [
      { experiment_ids: [other] },
      { experiment_ids: [one, other] },
      { filter: "name = 'a'" },
      { order_by: [{ field_name: 'name' }] },
    ]) {
      const answer = await find({ page_token: token, filter, ...changed });
      expect(answer, JSON.stringify(changed)).toMatchObject({
        status: 400,
        message: expect.stringMatching(/in the page token does not match that of the request\.$/),
      });
    }
    expect((await find({ page_token: 'nonsense' })).status).toBe(400);
  });

  it('finds no points of a run that is not there, and deletes no artifact that is not there', async () => {
    const run = '0'.repeat(32);
    const history = await ask(`/api/2.0/mlflow/metrics/get-history?run_id=${run}&metric_key=m`);
    expect([history.status, await history.json()]).toEqual([200, {}]);
    for (const path of [`${artifact}.none`, `${artifact}/none`, artifact]) {
      expect((await ask(path, { method: 'DELETE' })).status, path).toBe(200);
    }
    expect((await ask(artifact)).status).toBe(404);
  });
});
