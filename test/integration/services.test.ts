/** Commands beside each other on one data directory, and on an environment that asks for something. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type Sandbox, sandbox, until } from '../support/cli.js';

const SMALL_GRID = fileURLToPath(new URL('../fixtures/small-grid.yaml', import.meta.url));
const opened: Sandbox[] = [];
const fresh = (env: Record<string, string> = {}): Sandbox => {
  const made = sandbox(env);
  opened.push(made);
  return made;
};
afterEach(async () => {
  for (const made of opened.splice(0)) await made.dispose();
});

test('a run that comes and goes beside `up` leaves its workers their tracking server', async () => {
  const box = fresh();
  const up = box.start('up', '--port', '0', '--json');
  await up.firstLine;
  const worker = box.start('worker', '--concurrency', '1', '--json');
  await worker.firstLine;
  expect((await box.run('run', SMALL_GRID, '--json')).code).toBe(0);
  const { searchId } = JSON.parse((await box.run('submit', SMALL_GRID, '--json')).stdout) as {
    searchId: string;
  };
  await until('the next search has ended too', async () => {
    const end = await box.run('status', searchId, '--json');
    expect(end.code, end.stderr).toBe(0);
    return (JSON.parse(end.stdout) as { status: string }).status === 'FINISHED';
  });
}, 120_000);

test('the embedded server asks for the token that MLflow’s variable holds, and whoever shares it gets in', async () => {
  const box = fresh({ MLFLOW_TRACKING_TOKEN: 'let-me-in' });
  const up = box.start('up', '--port', '0', '--workers', '1', '--json');
  const { trackingUri } = JSON.parse(await up.firstLine) as { trackingUri: string };
  const ask = (headers: Record<string, string>) =>
    fetch(`${trackingUri}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers });
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: 'Bearer let-me-in' })).status).toBe(200);
  const run = await box.run('run', SMALL_GRID, '--json');
  expect(run.code, run.stderr).toBe(0);
  expect(up.stderr() + run.stderr + run.stdout).not.toContain('let-me-in');
}, 120_000);

test.each([
  [{ MLFLOW_TRACKING_USERNAME: 'ada' }, 'MLFLOW_TRACKING_PASSWORD is not set'],
  [{ MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: '' }, 'MLFLOW_TRACKING_PASSWORD is empty'],
  [{ MLFLOW_TRACKING_PASSWORD: 's3cret' }, 'MLFLOW_TRACKING_USERNAME is not set'],
  [{ MLFLOW_TRACKING_TOKEN: '' }, 'MLFLOW_TRACKING_TOKEN is empty'],
])('half a login (%j) starts no server that is open to everybody', async (env, complaint) => {
  const box = fresh(env);
  const end = await box.run('up', '--port', '0', '--json');
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toMatch(new RegExp(`^${complaint}; .*\\n$`));
  expect(end.stderr).not.toContain('s3cret');
});

test.each([['foo', 'GRIDSEARCH_ENGINE is foo; the engines are tfjs-node and wasm\n']])(
  'an engine that does not exist (%s) is one line, before anything is queued',
  async (engine, line) => {
    const box = fresh({ GRIDSEARCH_ENGINE: engine });
    for (const command of [['run', SMALL_GRID], ['worker']]) {
      const end = await box.run(...command);
      expect(end).toEqual({ code: 2, stdout: '', stderr: line });
    }
    expect(existsSync(join(box.home, 'tracking.db'))).toBe(false);
  },
);

test('a reader of standard error that goes away does not stop the search', async () => {
  const box = fresh();
  const run = box.start('run', SMALL_GRID, '--json');
  await once(run.child.stderr!, 'data');
  run.child.stderr!.destroy();
  const end = await run.ended;
  expect(end.code).toBe(0);
  expect(JSON.parse(end.stdout)).toMatchObject({ status: 'FINISHED', folds: { finished: 24 } });
}, 60_000);
