import { rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadPredictor } from '../../../learning/package/index.js';
import { type ScoringServer, type ScoringServerOptions, startScoringServer } from '../../../serving/index.js';
import { brokenOff, sentWhole } from '../../support/senders.js';
import { TEXTS, type TrainedPackage, trainedPackage } from '../package/trained.js';

let first: TrainedPackage;
let second: TrainedPackage;
let server: ScoringServer | undefined;
beforeAll(async () => {
  first = await trainedPackage('lstm, two classes', 1);
  second = await trainedPackage('lstm, two classes', 2);
});
afterAll(() => Promise.all([first, second].map(({ dir }) => rm(dir, { recursive: true }))));
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(options: Partial<ScoringServerOptions> = {}): Promise<string> {
  server = await startScoringServer({
    port: 0,
    resolve: async () => ({ version: '1', dir: first.dir }),
    log: () => {},
    ...options,
  });
  return server.uri;
}

const post = (uri: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${uri}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

interface Answer {
  predictions: Record<string, string | number>[];
}

async function expected(dir: string, texts: readonly string[]) {
  const predictor = await loadPredictor(dir);
  const rows = predictor.predict(texts).map(({ label, probabilities }) => ({ label, ...probabilities }));
  predictor.dispose();
  return rows.map(({ label, ...probabilities }) => ({
    label,
    ...Object.fromEntries(
      Object.entries(probabilities).map(([name, p]) => [`probability_${name}`, expect.closeTo(Number(p), 5)]),
    ),
  }));
}

describe('the scoring server', () => {
  test('answers as the packaged model predicts, in JSON and CSV', async () => {
    const uri = await start();
    const response = await post(uri, {
      dataframe_split: { columns: ['text'], data: TEXTS.map((text) => [text]) },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-model-version')).toBe('1');
    expect(((await response.json()) as Answer).predictions).toEqual(await expected(first.dir, TEXTS));
    const csv = await post(uri, 'text\n"good, really"\n', { 'content-type': 'text/csv' });
    expect(((await csv.json()) as Answer).predictions).toEqual(await expected(first.dir, ['good, really']));
    expect(await (await post(uri, { instances: [] })).json()).toEqual({ predictions: [] });
  });

  test('is pinged and says which protocol it speaks', async () => {
    const uri = await start();
    for (const path of ['/ping', '/health']) expect((await fetch(uri + path)).status).toBe(200);
    expect(await (await fetch(`${uri}/version`)).text()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('refuses bad requests with a code and a message', async () => {
    const uri = await start({ maxBodyBytes: 1000 });
    const answer = async (response: Response) => ({
      status: response.status,
      ...((await response.json()) as object),
    });
    expect(await answer(await post(uri, '{'))).toMatchObject({
      status: 400,
      error_code: 'BAD_REQUEST',
      message: expect.stringMatching(/not JSON/),
    });
    expect(await answer(await post(uri, { inputs: ['a'.repeat(2000)] }))).toMatchObject({
      status: 413,
      error_code: 'REQUEST_LIMIT_EXCEEDED',
    });
    expect(await answer(await post(uri, 'x', { 'content-type': 'text/plain' }))).toMatchObject({
      status: 415,
    });
    expect(await answer(await fetch(`${uri}/invocations`))).toMatchObject({
      status: 404,
      error_code: 'ENDPOINT_NOT_FOUND',
    });
  });

  test('refuses a body of unknown length that turns out too large', async () => {
    const uri = await start({ maxBodyBytes: 1000 });
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(600, 32));
      },
    });
    const response = await fetch(`${uri}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect((await fetch(`${uri}/ping`)).status).toBe(200);
  });

  test.each([
    [{ host: 'evil.example' }, 403],
    [{ host: '8.8.8.8' }, 403],
    [{ host: '[::1]:80' }, 200],
    [{ host: 'models.example' }, 200],
    [{ origin: 'http://evil.example' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://localhost:3000' }, 200],
  ])('a request with %j gets %i, and nosniff with it', async (headers, status) => {
    const uri = await start({ allowedHosts: ['Models.example'] });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${uri}/ping`, { headers }, resolve).on('error', reject).end();
    });
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    const body = await text(response);
    if (status === 403) expect(JSON.parse(body)).toMatchObject({ error_code: 'PERMISSION_DENIED' });
  });

  test('lets a client read that its body is too large, though it looks only when all is sent', async () => {
    const uri = await start({ maxBodyBytes: 1000 });
    const socket = await sentWhole(uri, '/invocations', 100 * 2 ** 20);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 .*REQUEST_LIMIT_EXCEEDED/s);
  });

  test('says nothing about uploads that break off', async () => {
    const lines: string[] = [];
    const uri = await start({ log: (line) => lines.push(line) });
    for (let upload = 0; upload < 100; upload++) await brokenOff(uri, '/invocations');
    // It closes only when the last of them is dealt with.
    await server!.close();
    server = undefined;
    expect(lines).toEqual([]);
  });

  test('follows the alias without dropping a request, each answered by one version', async () => {
    let version = '1';
    const uri = await start({
      pollSeconds: 0.02,
      resolve: async () => (version === '1' ? { version, dir: first.dir } : { version, dir: second.dir }),
    });
    const texts = TEXTS.slice(0, 3);
    const answers = { '1': await expected(first.dir, texts), '2': await expected(second.dir, texts) };
    const seen = new Set<string>();
    let asking = true;
    const client = async () => {
      while (asking) {
        const response = await post(uri, { instances: texts });
        expect(response.status).toBe(200);
        const by = response.headers.get('x-model-version') as '1' | '2';
        expect(((await response.json()) as Answer).predictions).toEqual(answers[by]);
        seen.add(by);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (const next of ['2', '1', '2']) {
      version = next;
      await vi.waitFor(() => expect(server!.version).toBe(next), 5000);
    }
    asking = false;
    await Promise.all(clients);
    expect([...seen].sort()).toEqual(['1', '2']);
  });

  test('keeps serving, and says so once, when the alias leads nowhere', async () => {
    const lines: string[] = [];
    let broken = false;
    let looks = 0;
    const uri = await start({
      pollSeconds: 0.01,
      log: (line) => lines.push(line),
      resolve: async () => {
        looks++;
        return broken ? { version: '9', dir: '/nowhere' } : { version: '1', dir: first.dir };
      },
    });
    broken = true;
    const until = looks + 5;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(until), 5000);
    expect((await post(uri, { inputs: 'good' })).status).toBe(200);
    expect(lines).toEqual([expect.stringMatching(/^still serving version 1: .*no such file/)]);
  });

  test('answers what is at hand before it closes', async () => {
    const uri = await start();
    const answers = Array.from({ length: 20 }, () => post(uri, { instances: TEXTS }));
    await Promise.race(answers);
    const closing = server!.close();
    const statuses = await Promise.allSettled(answers.map(async (answer) => (await answer).status));
    await closing;
    server = undefined;
    for (const status of statuses) {
      // Connections not yet accepted may be refused, none is cut off in mid-answer.
      if (status.status === 'fulfilled') expect(status.value).toBe(200);
      else expect(String(status.reason.cause?.code)).toMatch(/ECONNREFUSED|ECONNRESET/);
    }
    expect(statuses.some(({ status }) => status === 'fulfilled')).toBe(true);
  });

  test('does not start without a model', async () => {
    await expect(start({ resolve: async () => ({ version: '1', dir: '/nowhere' }) })).rejects.toThrow(
      /no such file/,
    );
  });
});
