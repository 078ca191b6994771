/** Who is there, as `workers` lists them, and how one is asked to leave. */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { drainWorker } from '../../orchestrator/app/workers.js';
import type { DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { announceWorker, presentWorkers, type WorkerLine, withdrawWorker } from '../../queue/index.js';
import { ended } from '../support/runs.js';
import { SLOW_GRID, TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

test('workers are listed with what they are at; one that is drained ends that, takes no more and leaves', {
  timeout: 60_000,
}, async ({ installation, boxWith, folder }) => {
  const { client, home, services } = installation;
  const { redis } = services;
  const box = boxWith({ GRIDSEARCH_HOME: home });
  const [worker] = await Promise.all([box.worker(2), installation.orchestrator()]);
  const file = join(folder, 'slower-grid.yaml');
  writeFileSync(file, readFileSync(SLOW_GRID, 'utf8').replace('epochs: 100', 'epochs: 500'));
  const { searchId, parentRunId } = await installation.submit(file);
  await until('it is at two folds', async () => {
    const [one] = await presentWorkers(redis);
    return new Set(one?.jobs.map(({ pid }) => pid)).size === 2 && one!.jobs.every(({ pid }) => pid !== null);
  });
  const [[listed, ...others], stranger] = await Promise.all([
    box.json<DocumentOf<'workers'>>('workers'),
    box.run('workers', 'drain', 'nobody:1'),
  ]);
  expect(others).toEqual([]);
  const name = `${hostname()}:${worker.child.pid}`;
  expect(listed).toMatchObject({ worker: name, concurrency: 2, leaving: false, drainable: true });
  const { engine, jobs, processes } = listed!;
  expect(engine).toMatch(/^(tfjs-node|wasm), /);
  for (const job of jobs) {
    expect(job).toMatchObject({ searchId, trial: expect.stringMatching(/^lstm-\d$/) });
    expect(job.since).toBeLessThanOrEqual(Date.now());
    const memory = processes.find(({ pid }) => pid === job.pid)?.memory;
    expect(memory).toBeGreaterThan(50 * 2 ** 20);
  }

  expect(stranger).toMatchObject({
    code: 2,
    stderr: 'No worker nobody:1 is there; `npx gridsearch workers` lists those that are\n',
  });
  const drained = await box.run('workers', 'drain', String(worker.child.pid));
  expect(drained).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Asked ${name} to leave; `),
  });
  const { code, stdout } = await worker.ended;
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DocumentOf<'worker'>);
  expect(events.at(-1)).toMatchObject({ type: 'drained' });
  // What it had begun it has finished: nothing was handed back or tried twice.
  const { experimentId } = (await client.getRun(parentRunId)).info;
  const folds: string[] = [];
  // The next short folds are opened while others compute; of those that had not begun nothing is left but a deleted run.
  for await (const { tags, info } of client.searchRuns({ experimentIds: [experimentId], viewType: 'ALL' }))
    if (tags['gridsearch.failure'] === 'handed back before its turn')
      expect(info.lifecycleStage).toBe('deleted');
    else if (tags['gridsearch.role'] === 'fold') folds.push(info.status);
  expect(folds).toEqual(events.filter(({ type }) => type === 'completed').map(() => 'FINISHED'));
  expect(await presentWorkers(redis)).toEqual([]);
});

test('a worker that was idle tells at once what it begins, however short that is', async ({
  installation,
  boxWith,
}) => {
  const { home, services } = installation;
  const box = boxWith({ GRIDSEARCH_HOME: home });
  const [worker] = await Promise.all([box.worker(1), installation.orchestrator()]);
  const search = await installation.submit(TINY_GRID);
  let jobs: WorkerLine['jobs'] = [];
  const under = async () => {
    while (jobs.length === 0) jobs = (await presentWorkers(services.redis)).flatMap((one) => one.jobs);
    return jobs;
  };
  const [job] = await Promise.race([under(), ended(installation.client, search).then(() => jobs)]);
  expect(job).toMatchObject({ searchId: search.searchId, trial: 'simple-0', fold: 0 });
  await box.run('workers', 'drain', String(worker.child.pid));
  await worker.ended;
}, 60_000);

test('a worker that fell silent is not listed, nor is what is no line of a worker', async ({
  installation,
}) => {
  const { redis } = installation.services;
  const line: WorkerLine = {
    host: 'a\u001b[31mb',
    pid: 1,
    concurrency: 2,
    engine: null,
    seconds: 1,
    folds: 0,
    leaving: false,
    drainable: true,
    processes: [],
    jobs: [],
  };
  await announceWorker(redis, 'good', line);
  await announceWorker(redis, 'huge', { ...line, engine: 'x'.repeat(200_000) });
  await announceWorker(redis, 'many', { ...line, concurrency: 1e9 });
  await announceWorker(redis, 'bad\u0007', line);
  const now = Date.now();
  for (const [name, text] of [
    ['older version', '2'],
    ['silent', `${now - 15_000} ${JSON.stringify(line)}`],
    ['nonsense', `${now} {`],
    ['empty', ''],
  ] as const)
    await redis.hset('gridsearch:slots', name, text);
  expect(await presentWorkers(redis)).toEqual([{ name: 'good', ...line, host: 'a[31mb' }]);
  await announceWorker(redis, 'inside', { ...line, drainable: false });
  await expect(drainWorker('inside')).rejects.toThrow(/trains inside `run` or `up`/);
  await expect(drainWorker('1')).rejects.toThrow('1 may be 2 workers: good, inside');
  await expect(drainWorker('silent')).rejects.toThrow(/No worker silent is there/);
  await withdrawWorker(redis, 'inside');
  await withdrawWorker(redis, 'good');
  expect(await presentWorkers(redis)).toEqual([]);
});
