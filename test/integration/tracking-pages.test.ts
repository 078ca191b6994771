/** MLflow's own web pages in front of the embedded server, in a browser: they open, show what is there, and no call fails. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrackingClient } from '../../tracking/client/index.js';
import { pagesFolder, servePages } from '../../tracking/proof/pages.js';
import { mlflowEnvironment, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import { startTrackingServer } from '../../tracking/server/index.js';
import { CHROMIUM, HAS_CHROMIUM, openBrowser } from '../support/browser.js';

const environment = mlflowEnvironment();
const why = environment ? `no ${CHROMIUM}` : WHY_SKIPPED;
/** A server without MLflow's own login answers this with 404 as well. */
const ABSENT_THERE_TOO = '404 GET /ajax-api/2.0/mlflow/users/current';

describe.skipIf(!environment || !HAS_CHROMIUM)(`MLflow's pages${environment ? '' : ` (${why})`}`, () => {
  const closing: (() => Promise<unknown>)[] = [];
  let browser: Browser;
  let uri: string;
  let experimentId: string;
  const runIds: string[] = [];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tracking-pages-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const server = await startTrackingServer({ dataDir: folder });
    closing.push(server.close);
    const front = await servePages(await pagesFolder(dirname(environment!.python)), server.uri);
    closing.push(front.close);
    uri = front.uri;
    browser = await openBrowser();
    closing.push(() => browser.close());

    const call = async (path: string, body: object): Promise<void> => {
      const answer = await fetch(`${server.uri}/api/2.0/mlflow/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status, path).toBe(200);
    };
    const client = createTrackingClient({ uri: server.uri });
    experimentId = await client.getOrCreateExperiment('pages');
    for (const [index, runName] of ['first run', 'second run'].entries()) {
      const { info } = await client.createRun({ experimentId, runName, startTime: Date.now(), tags: {} });
      runIds.push(info.runId);
      await call('runs/log-batch', {
        run_id: info.runId,
        metrics: [0, 1, 2].map((step) => ({
          key: 'loss',
          value: 1 / (step + index + 1),
          timestamp: 1,
          step,
        })),
        params: [{ key: 'units', value: `${index}` }],
      });
      const artifact = `${server.uri}/api/2.0/mlflow-artifacts/artifacts/${experimentId}/${info.runId}/artifacts/model/MLmodel`;
      expect((await fetch(artifact, { method: 'PUT', body: 'flavors: {}\n' })).status).toBe(200);
    }
    await call('registered-models/create', { name: 'registered' });
    await call('model-versions/create', {
      name: 'registered',
      source: `runs:/${runIds[0]}/model`,
      run_id: runIds[0],
    });
  }, 120_000);
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  }, 30_000);

  const encoded = (value: unknown) => encodeURIComponent(JSON.stringify(value));

  it.each([
    [
      'the table of runs',
      () => `/experiments/${experimentId}/runs`,
      ['first run', 'second run'],
      'runs/search',
    ],
    [
      'a run',
      () => `/experiments/${experimentId}/runs/${runIds[0]}`,
      ['first run', 'units', 'loss'],
      'graphql',
    ],
    [
      'the charts of a run',
      () => `/experiments/${experimentId}/runs/${runIds[0]}/model-metrics`,
      ['first run', 'loss'],
      'get-history-bulk-interval',
    ],
    [
      'the artifacts of a run',
      () => `/experiments/${experimentId}/runs/${runIds[0]}/artifacts`,
      ['first run', 'model'],
      'artifacts/list',
    ],
    [
      'a comparison of runs',
      () => `/compare-runs?runs=${encoded(runIds)}&experiments=${encoded([experimentId])}`,
      ['Comparing 2 Runs', 'loss'],
      'runs/search',
    ],
    ['the registry', () => '/models', ['Registered Models', 'registered'], 'registered-models/search'],
    ['a registered model', () => '/models/registered', ['registered', 'Version 1'], 'model-versions/search'],
    [
      'a version of a model',
      () => '/models/registered/versions/1',
      ['Version 1', 'first run'],
      'model-versions/get',
    ],
  ])('show %s', async (_name, path, texts, call) => {
    const page = await browser.newPage();
    const pending = new Set<unknown>();
    const calls: string[] = [];
    const troubles: string[] = [];
    const isCall = (url: string) => !new URL(url).pathname.startsWith('/static-files/');
    page.on('request', (request) => isCall(request.url()) && pending.add(request));
    page.on('requestfinished', (request) => pending.delete(request));
    page.on('requestfailed', (request) => {
      pending.delete(request);
      if (isCall(request.url())) troubles.push(`${request.failure()?.errorText} ${request.url()}`);
    });
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      const line = `${response.status()} ${response.request().method()} ${pathname}`;
      calls.push(pathname);
      if (response.status() >= 400 && line !== ABSENT_THERE_TOO) troubles.push(line);
    });
    page.on('pageerror', (error) => troubles.push(`${error}`));

    await page.goto(`${uri}/#${path()}`);
    for (const text of texts) await page.getByText(text).first().waitFor({ timeout: 30_000 });
    await expect.poll(() => calls.some((one) => one.endsWith(call)), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => pending.size, { timeout: 30_000 }).toBe(0);
    await page.close();
    expect(troubles).toEqual([]);
  });
});
