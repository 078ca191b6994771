/** Pages that somebody else makes, at the tracking server's address. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';

const MODULE = `data:text/javascript,${encodeURIComponent(`
  globalThis.openedFronts = (globalThis.openedFronts ?? 0) + 1;
  export const openFront = (options) => ({
    fetch: async (request) => Response.json({ path: new URL(request.url).pathname, ...options }),
    close: async () => { globalThis.closedFronts = (globalThis.closedFronts ?? 0) + 1; },
  });
`)}`;
const count = (name: string): number => (globalThis as unknown as Record<string, number>)[name] ?? 0;

let folder: string;
let server: TrackingServer;
let closed: Promise<void> | undefined;
const close = (): Promise<void> => (closed ??= server.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gs-front-'));
  const front = { module: MODULE, paths: ['/', '/views/:id'], changes: [], options: { told: 'this' } };
  closed = undefined;
  server = await startTrackingServer({ dataDir: folder, auth: { token: 'let-me-in' }, front });
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.uri + path, { headers: { authorization: 'Bearer let-me-in', ...headers } });

test('are loaded when they are first asked for, told where they are, and closed with the server', async () => {
  expect((await ask('/api/2.0/mlflow/experiments/get?experiment_id=0')).status).toBe(200);
  expect(count('openedFronts')).toBe(0);
  for (const path of ['/', '/views/1']) {
    const expected = { path, told: 'this', uri: server.uri, auth: { token: 'let-me-in' } };
    expect(await (await ask(path)).json()).toEqual(expected);
  }
  expect(count('openedFronts')).toBe(1);
  await close();
  expect(count('closedFronts')).toBe(1);
});

test('stand behind the same gate, and leave every other path to the API', async () => {
  expect((await ask('/views/1', { authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await ask('/views/1', { origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask('/views/1', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect(await (await ask('/other')).json()).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' });
  expect((await fetch(`${server.uri}/health`)).status).toBe(200);
});
