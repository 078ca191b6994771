/** What the review page's server answers, from the real commands on a real search. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { LiveEvent, ModelList, RunView, SearchList, SearchView } from '../../../review/page/api.js';
import { ROLE, TAGS } from '../../../tracking/client/index.js';
import { ended } from '../../support/runs.js';
import { SLOW_GRID, SMALL_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';
import { until } from '../../support/until.js';

const API = '/api/gridsearch/v1';
const get = async <T>(page: string, path: string): Promise<T> => {
  const response = await fetch(page + API + path);
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
};

/** The events of a stream, until it ends. */
async function eventsOf(address: string): Promise<{ event: string; data: LiveEvent }[]> {
  const text = await (await fetch(address)).text();
  return [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data]) => ({
    event: event!,
    data: JSON.parse(data!) as LiveEvent,
  }));
}

test('a search is listed, followed live, and told of column by column with its runs and its version', async ({
  box,
}) => {
  const { client, trackingUri: page } = await box.up('--workers', '1');
  expect(await get<SearchList>(page, '/searches')).toEqual({
    searches: [],
    workers: [expect.objectContaining({ name: expect.stringMatching(/^.+:\d+$/), concurrency: 1, jobs: [] })],
  });
  const search = await box.submit(SMALL_GRID);
  const [events] = await Promise.all([
    eventsOf(`${page}${API}/searches/${search.searchId}/events`),
    ended(client, search),
  ]);
  expect(events.at(-1)).toMatchObject({ event: 'ended', data: { search: { state: 'finished' } } });
  expect(events.length).toBeGreaterThan(1);
  expect(events[0]!.data.search.folds).toMatchObject({ total: 24 });

  const view = await get<SearchView>(page, `/searches/${search.searchId}`);
  const { columns } = view;
  expect(view).toMatchObject({
    search: { name: 'small-grid', state: 'finished', trials: { total: 8, settled: 8 } },
    foldsOfTrial: 3,
    varying: ['units', 'learning_rate', 'dropout'],
    shared: { vocabulary_size: 1000, batch_size: 32 },
    leftOut: 0,
  });
  expect(columns.rank[0]).toBe(1);
  expect(columns.runId[0]).toBe(view.winnerRunId);
  expect(columns.mean).toEqual([...columns.mean].sort((a, b) => b! - a!));
  for (const [row, folds] of columns.folds.entries()) {
    expect(folds).toHaveLength(3);
    expect(folds.reduce<number>((sum, fold) => sum + fold!, 0) / 3).toBeCloseTo(columns.mean[row]!, 10);
  }
  for (const column of [...Object.values(columns), ...Object.values(columns.parameters)].filter(
    Array.isArray,
  ))
    expect(column).toHaveLength(8);
  expect(view.verdict[0]).toMatch(
    /^lstm, .* wins with macro F1 0\.\d{3} ± 0\.\d{3} over 3 folds; 0\.\d{3} on held-out rows; registered as small-grid version 1, champion \(the first version\)\.$/,
  );
  expect(view.verdict.at(1)).toMatch(/^\d of 7 others can’t be told from it/);
  expect(view.lineage.map(({ what }) => what)).toEqual([
    'search space',
    'parent run',
    'winner',
    'refit',
    'held-out rows',
    'version',
    'alias',
  ]);
  // By name, as commands take it.
  expect(await get(page, '/searches/small-grid')).toEqual(view);

  const child = await get<RunView>(page, `/runs/${view.winnerRunId}`);
  expect(child).toMatchObject({ role: 'trial', searchId: search.searchId, status: 'FINISHED' });
  expect(child.children.map(({ runName }) => runName)).toEqual([
    ...[0, 1, 2].map((fold) => `${child.runName}-fold-${fold}`),
    `${child.runName}-refit`,
  ]);
  expect(child.curves).toHaveLength(3);
  expect(child.curves[0]!.metrics.val_f1_macro).toMatchObject({ steps: [1, 2, 3] });

  const refit = await get<RunView>(page, view.lineage[3]!.href!);
  expect(refit.role).toBe('refit');
  expect(refit.lineage.map(({ what }) => what)).toEqual(['search', 'winner', 'run', 'version']);
  expect(refit.datasets).toMatchObject([
    { name: 'uci-sentiment', context: 'train', rows: 300 },
    { name: 'uci-sentiment', context: 'eval', rows: 100 },
  ]);
  expect(refit.judged).toMatchObject({ classes: ['negative', 'positive'] });
  expect(child.judged!.confusion.flat().reduce((sum, one) => sum + one, 0)).toBe(300);
  const table = refit.files.find(({ path }) => path === 'cv_results.csv')!;
  const file = await fetch(`${page}${API}/runs/${refit.runId}/file?path=${table.path}`);
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="cv_results.csv"');
  expect(file.headers.get('content-security-policy')).toMatch(/^sandbox;/);
  expect((await file.arrayBuffer()).byteLength).toBe(table.bytes);

  const { versions } = await get<ModelList>(page, '/models');
  expect(versions).toMatchObject([
    { name: 'small-grid', version: '1', aliases: ['champion'], verdict: 'the first version' },
  ]);
}, 180_000);

test('a worker tells what it has at hand, and how long the rest will take', async ({ box }) => {
  const { trackingUri: page } = await box.up('--workers', '1');
  const search = await box.submit(SLOW_GRID);
  let known = false;
  let job: NonNullable<SearchList['workers']>[number]['jobs'][number] | undefined;
  // Not at one time: folds may be too short for that.
  await until('a worker is at work and the rest is estimated', async () => {
    const { searches, workers } = await get<SearchList>(page, '/searches');
    job ??= workers![0]!.jobs[0];
    known ||= (searches[0]?.secondsLeft ?? 0) > 0 && searches[0]!.perMinute! > 0;
    return known && job !== undefined;
  });
  expect(job).toEqual({
    searchId: search.searchId,
    run: expect.stringMatching(/^lstm-\d+-fold-\d$/),
    runId: expect.toBeOneOf([null, expect.stringMatching(/^[0-9a-f]{32}$/)]),
    since: expect.any(Number),
    memory: expect.toBeOneOf([null, expect.any(Number)]),
  });
}, 120_000);

test('what is not there is said in one sentence; other hosts, sites and methods are refused', async ({
  box,
}) => {
  const { trackingUri: page } = await box.up();
  const ask = (path: string, init?: RequestInit) => fetch(page + path, init);
  const missing = await ask(`${API}/searches/nope`);
  expect(missing.status).toBe(404);
  expect(await missing.json()).toEqual({
    error: { code: 'UNKNOWN_SEARCH', message: 'no search "nope" here; `gridsearch status` lists them' },
  });
  for (const path of [
    '/runs/nope',
    '/runs/nope/file?path=a',
    '/runs/..%2f/file?path=../../etc/passwd',
    '/else',
  ])
    expect((await ask(API + path)).status, path).toBe(404);
  expect((await ask(`${API}/searches`, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
  expect((await ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await ask(`${API}/models`, { method: 'POST' })).status).toBe(405);
  const change = (headers: Record<string, string>, body: string): Promise<Response> =>
    ask(`${API}/models/nope/promote`, { method: 'POST', headers, body });
  const json = { 'content-type': 'application/json' };
  const right = JSON.stringify({ version: '1', champion: null });
  // What a form of another site can send without being asked for leave.
  expect((await change({ 'content-type': 'text/plain' }, right)).status).toBe(400);
  expect((await change({ ...json, origin: 'http://evil.example' }, right)).status).toBe(403);
  expect((await change({ ...json, 'sec-fetch-site': 'same-site' }, right)).status).toBe(403);
  for (const body of ['', '[]', '{"version":1}', `{"version":"${'1'.repeat(100_000)}"}`])
    expect((await change(json, body)).status, body.slice(0, 20)).toBe(400);
  expect((await change(json, right)).status).toBe(409);

  const document = await ask('/searches/any');
  expect(document.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  const html = await document.text();
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  expect(assets).toHaveLength(2);
  const sizes = await Promise.all(
    assets.map(async (path) => gzipSync(Buffer.from(await (await ask(path)).arrayBuffer())).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
});

test('a run that is not as gridsearch writes it is told of in words', async ({ box }) => {
  const { trackingUri: page, client } = await box.up();
  const { searchId, experimentId, parentRunId } = await box.submit(SMALL_GRID);
  const tags = { [TAGS.role]: ROLE.trial, [TAGS.index]: '-1', [TAGS.searchId]: searchId };
  await client.createRun({ experimentId, runName: 'odd', startTime: 1, parentRunId, tags });
  const answer = await fetch(`${page}${API}/searches/${searchId}`);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    error: {
      code: 'NOT_OURS',
      message: expect.stringMatching(/^A run or job of this is not as gridsearch writes it/),
    },
  });
});

test('beside an MLflow server the page has a port of its own, and asks for the login of that server', async ({
  boxWith,
  tracking,
}) => {
  const box = boxWith({
    MLFLOW_TRACKING_URI: tracking.uri,
    MLFLOW_TRACKING_TOKEN: 'let-me-in',
  });
  const up = box.start('up', '--json');
  const { page, trackingUri } = JSON.parse(await up.firstLine) as { page: string; trackingUri: string };
  expect(trackingUri).toBe(tracking.uri);
  expect(page).not.toBe(trackingUri);
  expect((await fetch(`${page}${API}/searches`)).status).toBe(401);
  const headers = { authorization: 'Bearer let-me-in' };
  expect(await (await fetch(`${page}${API}/searches`, { headers })).json()).toEqual({
    searches: [],
    workers: [],
  });
  expect((await fetch(page, { headers: { ...headers, origin: 'http://evil.example' } })).status).toBe(403);
});

test('review serves what is there, with nobody else running, and stops while a page is watching', async ({
  box,
}) => {
  const search = await box.submit(SMALL_GRID);
  const review = box.start('review', search.searchId.slice(0, -2), '--json');
  const { page, searchId } = JSON.parse(await review.firstLine) as { page: string; searchId: string };
  expect(searchId).toBe(search.searchId);
  const { searches } = await get<SearchList>(page, '/searches');
  expect(searches).toMatchObject([{ searchId, state: 'queued', best: null }]);
  const watched = await fetch(`${page}${API}/searches/${searchId}/events`);
  review.child.kill('SIGINT');
  expect((await review.ended).code).toBe(0);
  await watched.body?.cancel();
  expect(await box.run('review', 'nope')).toMatchObject({
    code: 2,
    stderr: 'no search "nope" here; `gridsearch status` lists them\n',
  });
});

test('run prints the address under which its search can be watched', async ({ box }) => {
  const end = await box.run('run', SMALL_GRID);
  expect(end.code).toBe(0);
  const [, search] = /^watch it at http:\/\/127\.0\.0\.1:\d+\/searches\/(\S+)$/m.exec(end.stderr) ?? [];
  expect(end.stdout).toContain(`npx gridsearch review ${search}`);
});

test('run --open opens that address in the browser, and serves it after the end until Ctrl-C', async ({
  folder,
  boxWith,
}) => {
  const [browser, seen] = [join(folder, 'browser.sh'), join(folder, 'seen')];
  writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${seen}'\n`, { mode: 0o700 });
  // What it asks for, where there is no desktop.
  const box = boxWith({ BROWSER: browser, DISPLAY: '', WAYLAND_DISPLAY: '' });
  const { child, stderr, ended: end } = box.start('run', SMALL_GRID, '--open');
  const address = await until('a browser is opened', () => existsSync(seen) && readFileSync(seen, 'utf8'));
  await until('the search has ended', () => /Ctrl-C stops/.test(stderr()));
  expect((await fetch(address)).status).toBe(200);
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 0, stdout: expect.stringContaining('Registered as small-grid') });
  await expect(fetch(address)).rejects.toThrow();
});
