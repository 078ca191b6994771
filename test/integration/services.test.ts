/** Commands beside each other on one data directory, and on an environment that asks for something. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ended, runsOf } from '../support/runs.js';
import { SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';

test('a run that comes and goes beside `up` leaves its workers their tracking server', async ({ box }) => {
  const { client } = await box.up();
  await box.worker(1);
  expect(await box.json('run', SMALL_GRID)).toMatchObject({ status: 'FINISHED' });
  expect(await ended(client, await box.submit(SMALL_GRID, '--fresh'))).toBe('FINISHED');
}, 120_000);

test('the embedded server asks for the token that MLflow’s variable holds, and whoever shares it gets in', async ({
  boxWith,
}) => {
  const box = boxWith({ MLFLOW_TRACKING_TOKEN: 'let-me-in' });
  const up = await box.up('--workers', '1');
  const ask = async (headers: Record<string, string>) => {
    const path = '/api/2.0/mlflow/experiments/get?experiment_id=0';
    return (await fetch(`${up.trackingUri}${path}`, { headers })).status;
  };
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: 'Bearer let-me-in' })).toBe(200);
  const run = await box.run('run', SMALL_GRID, '--json');
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ folds: { finished: 24, failed: 0 } });
  expect(up.stderr() + run.stderr + run.stdout).not.toContain('let-me-in');
}, 120_000);

test.for([
  [{ MLFLOW_TRACKING_USERNAME: 'ada' }, 'MLFLOW_TRACKING_PASSWORD is not set'],
  [{ MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: '' }, 'MLFLOW_TRACKING_PASSWORD is empty'],
  [{ MLFLOW_TRACKING_PASSWORD: 's3cret' }, 'MLFLOW_TRACKING_USERNAME is not set'],
  [{ MLFLOW_TRACKING_TOKEN: '' }, 'MLFLOW_TRACKING_TOKEN is empty'],
] as [Record<string, string>, string][])(
  'half a login (%j) starts no server that is open to everybody',
  async ([env, complaint], { boxWith }) => {
    const box = boxWith(env);
    const end = await box.run('up', '--port', '0', '--json');
    expect(end).toMatchObject({ code: 2, stdout: expect.stringMatching(/^\{"error":.*\}\n$/) });
    expect(end.stderr).toMatch(new RegExp(`^${complaint}; .*\\n$`));
    expect(end.stderr).not.toContain('s3cret');
  },
);

test.for([['run', SMALL_GRID], ['worker']])(
  '%s with an engine that does not exist ends with one line, before anything is queued',
  async (command, { boxWith }) => {
    const box = boxWith({ GRIDSEARCH_ENGINE: 'foo' });
    expect(await box.run(...command)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'GRIDSEARCH_ENGINE is foo; the engines are tfjs-node and wasm\n',
    });
    expect(readdirSync(box.home)).toEqual([]);
  },
);

test('a reader of standard error that goes away does not stop the search', async ({ box }) => {
  const run = box.start('run', SMALL_GRID, '--json');
  await once(run.child.stderr!, 'data');
  run.child.stderr!.destroy();
  const end = await run.ended;
  expect(end.code).toBe(0);
  expect(JSON.parse(end.stdout)).toMatchObject({ status: 'FINISHED', folds: { finished: 24 } });
});

test('a login in MLFLOW_TRACKING_URI is neither printed nor stored', async ({ boxWith, tracking }) => {
  const box = boxWith({ MLFLOW_TRACKING_URI: tracking.uri.replace('//', '//ada:s3cret@') });
  const up = await box.up('--workers', '1');
  const search = await box.submit(SMALL_GRID);
  expect(await ended(tracking.client, search)).toBe('FINISHED');
  const shown = await box.run('status', '--json');
  up.child.kill('SIGINT');
  const end = await up.ended;
  const appended = readdirSync(join(box.home, 'redis'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('');
  expect(appended).toContain('tracking-uri');
  expect(end.stdout + end.stderr + shown.stdout + shown.stderr + appended).not.toContain('s3cret');
  const { all } = await runsOf(tracking.client, search);
  expect(JSON.stringify(all)).not.toContain('s3cret');
}, 120_000);

test.for([
  ['GRIDSEARCH_SECRET', ' ', 'GRIDSEARCH_SECRET is empty; '],
  [
    'GRIDSEARCH_LOCK_DURATION',
    'abc',
    'GRIDSEARCH_LOCK_DURATION is abc; give a whole number from 1000 to 600000',
  ],
  ['GRIDSEARCH_LOCK_DURATION', '1', 'GRIDSEARCH_LOCK_DURATION is 1; '],
  ['GRIDSEARCH_THREADS', '-3', 'GRIDSEARCH_THREADS is -3; '],
  ['GRIDSEARCH_ARTIFACT_ROOT', 'rel', 'GRIDSEARCH_ARTIFACT_ROOT is rel; '],
  ['MLFLOW_TRACKING_USERNAME', 'u:v', 'MLFLOW_TRACKING_USERNAME has a colon'],
] as const)(
  '%s of %j is refused before anything is opened',
  async ([name, value, complaint], { boxWith }) => {
    const box = boxWith({ [name]: value });
    for (const args of [['up', '--port', '0'], ['worker'], ['status'], ['run', SMALL_GRID]]) {
      const end = await box.run(...args);
      expect(end, args[0]).toMatchObject({ code: 2, stdout: '' });
      expect(end.stderr, args[0]).toContain(complaint);
    }
    expect(readdirSync(box.home)).toEqual([]);
  },
);

test('a worker told to read data where nothing is says so', async ({ box }) => {
  const end = await box.run('worker', '--data-root', '/nonexistent');
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toBe('--data-root is /nonexistent, which is no folder here\n');
});

test('a search signed with another secret is listed beside the others, and stops nobody', async ({
  box,
  boxWith,
}) => {
  const signing = boxWith({ GRIDSEARCH_HOME: box.home, GRIDSEARCH_SECRET: 'a secret of others' });
  const theirs = await signing.submit(SMALL_GRID);
  const up = await box.up('--workers', '1', '--patience', '3s');
  const ours = await box.submit(SMALL_GRID);
  expect(await ended(up.client, ours)).toBe('FINISHED');
  expect(up.child.exitCode).toBe(null);
  const listed = await box.json<{ searchId: string; state: string }[]>('status');
  expect(listed.map(({ searchId, state }) => [searchId, state])).toEqual([
    [ours.searchId, 'finished'],
    [theirs.searchId, 'signed otherwise'],
  ]);
}, 120_000);
