/** A search that is paused: nothing of it begins, nothing is lost, and it ends as if it had not been. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { cancelByName } from '../../orchestrator/app/cancel.js';
import { pauseSearch, resumeSearch } from '../../orchestrator/app/pause.js';
import { setPriority } from '../../orchestrator/app/priority.js';
import { stopByName } from '../../orchestrator/app/stop.js';
import { DOCUMENTS, type DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { connectRedis, readControl, readData, sealData, searchPayload } from '../../queue/index.js';
import { readProgress, readSearch, readStatus } from '../../review/results/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { signal, trainersOf } from '../support/fleet.js';
import type { Installation } from '../support/installation.js';
import { processesOf } from '../support/processes.js';
import { ended, foldsDone, foldUnderWay, runsOf, type Submitted, troubles } from '../support/runs.js';
import { processor, SLOW_GRID, TINY_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

const settledOf = async ({ services }: Installation, { searchId }: Submitted): Promise<number> =>
  (await readProgress(services.searches, searchId))!.folds.settled;

/** Starts a search whose third configuration waits, with one worker that has its first fold at hand. */
async function startHeld(installation: Installation) {
  const release = installation.hold();
  await installation.orchestrator();
  const search = await installation.submit(TINY_GRID);
  await installation.worker({ processor: processor('scored'), concurrency: 1 });
  await until('two configurations are done', async () => (await settledOf(installation, search)) === 6);
  return { search, release };
}

test('begins no fold while it is paused, lets others work meanwhile, and ends as if it had not been paused', {
  timeout: 120_000,
}, async ({ installation }) => {
  const { services, client } = installation;
  const { search, release } = await startHeld(installation);
  const { searchId } = search;
  expect(await pauseSearch(searchId, services)).toMatchObject({ search: { searchId }, already: false });
  expect(await pauseSearch(searchId, services)).toMatchObject({ already: true });
  release();
  // What the worker has at hand ends and counts. It takes nothing more but of others.
  await until('the fold at hand has ended', async () => (await settledOf(installation, search)) === 7);
  const other = await installation.submit(TINY_GRID, { priority: 2 });
  const undisturbed = await installation.result(other);
  expect(await settledOf(installation, search)).toBe(7);
  const { redis, searches } = services;
  const status = await readStatus(
    { searches, redis, client, presence: { orchestrators: 1, workers: 1 } },
    await readSearch(client, search.parentRunId),
  );
  expect(status).toMatchObject({ state: 'paused', control: { priority: 1 } });
  // Jobs look again by themselves now and then: of whoever takes them then, all are put aside anew.
  for (const id of await redis.zrange('gridsearch:fold:delayed', '0', '-1'))
    await redis.zadd('gridsearch:fold:delayed', '1', id);
  const third = await installation.submit(TINY_GRID);
  await installation.result(third);
  expect(await settledOf(installation, search)).toBe(7);

  expect(await resumeSearch(searchId, services)).toEqual({ searchId, wasPaused: true });
  expect((await readControl(redis, searchId)).pausedMs).toBeGreaterThan(0);
  const result = await installation.result(search);
  const { trials, folds, best } = undisturbed;
  expect(result).toMatchObject({
    status: 'FINISHED',
    trials,
    folds,
    best: { configuration: best!.configuration, mean: best!.mean },
  });
  // Nothing that was put aside cost an attempt.
  expect(installation.events.filter(({ type }) => type !== 'completed')).toEqual([]);
  await expect(pauseSearch(searchId, services)).rejects.toThrow(`search ${searchId} has ended`);
  await expect(resumeSearch(searchId, services)).rejects.toThrow(`search ${searchId} has ended`);
  await expect(setPriority(searchId, 2, services)).rejects.toThrow(`search ${searchId} has ended`);
});

test('can be stopped and cancelled while it is paused, and its budget of time stands still', {
  timeout: 120_000,
}, async ({ installation }) => {
  const { services } = installation;
  const { searches, redis } = services;
  const { search, release } = await startHeld(installation);
  await pauseSearch(search.searchId, services);
  expect(await stopByName(search.searchId, services)).toMatchObject({ already: false });
  release();
  // Its refit must not wait for the end of the pause.
  expect(await installation.result(search)).toMatchObject({ status: 'FINISHED', trials: { complete: 2 } });

  const cancelled = await installation.submit(TINY_GRID);
  await pauseSearch(cancelled.searchId, services);
  await until('its folds are put aside', async () => (await redis.zcard('gridsearch:fold:delayed')) === 12);
  await cancelByName(cancelled.searchId, services);
  expect(await redis.keys(`gridsearch:*:${cancelled.searchId}.*`)).toEqual([]);

  const hour = { written: '1h', ms: 3_600_000 };
  const timed = await installation.submit(TINY_GRID, { budget: { max_duration: hour } });
  const { searchId } = timed;
  await pauseSearch(searchId, services);
  await until(
    'it waits for its window',
    async () => (await searches.getJobState(searchId)) === 'waiting-children',
  );
  // It began two hours ago, and was paused right after.
  const job = (await searches.getJob(searchId))!;
  const data = readData(job, searchPayload);
  const startedAt = data.progress.startedAt! - 2 * hour.ms;
  await job.updateData(sealData(searchId, { ...data, progress: { ...data.progress, startedAt } }));
  await redis.hincrby(`gridsearch:search:${searchId}`, 'pausedSince', -2 * hour.ms);
  await resumeSearch(searchId, services);
  expect(await installation.result(timed)).toMatchObject({ trials: { complete: 4 } });
  expect((await installation.client.getRun(timed.parentRunId)).tags[TAGS.cut]).toBeUndefined();
  // Its pause of two hours is no part of what it has used, also once it is over and the queue may have forgotten it.
  const { usedMs } = await readSearch(installation.client, timed.parentRunId);
  expect(usedMs).toBeLessThan(hour.ms);
});

interface Ran extends Submitted {
  readonly best: { configuration: { hash: string }; mean: number };
}

test('a pause outlives the death of everything, and a worker that stands still', {
  timeout: 240_000,
}, async ({ boxWith }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const undisturbed = await box.json<Ran>('run', SLOW_GRID, '--workers', '1');
  const [up, worker] = [await box.up(), await box.worker(1)];
  const search = await box.submit(SLOW_GRID, '--fresh');
  const { searchId } = search;
  await foldsDone(up.client, search, 1);
  await foldUnderWay(up.client, search);
  expect(await box.json('pause', searchId)).toMatchObject({ searchId, status: 'PAUSED', already: false });
  const redis = processesOf(box.home).filter(({ command }) => /redis-server/.test(command));
  expect(redis).toHaveLength(1);
  signal('SIGKILL', up.child.pid!, worker.child.pid!, ...trainersOf(box.home), redis[0]!.pid);
  await Promise.all([up.ended, worker.ended]);

  const { client } = await box.up();
  // The fold that was at hand comes back, and is put aside.
  const another = await box.worker(1);
  const queue = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
  const left = async (): Promise<string[]> => queue.zrange('gridsearch:fold:delayed', '0', '-1');
  const finished = (await runsOf(client, search)).folds.filter(
    ({ info }) => info.status === 'FINISHED',
  ).length;
  await until(
    'all that is left is put aside',
    async () => (await left()).length === WHOLE_GRID.folds - finished,
  );
  expect(await box.json('status', searchId)).toMatchObject({ state: 'paused', secondsLeft: null });
  const { stdout } = await box.run('status', searchId);
  expect(stdout).toContain('Paused for ');
  expect(stdout).toContain(`npx gridsearch resume ${searchId}`);

  expect(await box.run('resume', searchId)).toMatchObject({
    code: 0,
    stdout: `Search ${searchId} goes on.\nWatch it: npx gridsearch watch ${searchId}\n`,
  });
  await foldUnderWay(client, search);
  const paused = await box.json<DocumentOf<'pause'>>('pause', searchId);
  expect(paused.pausedSince).toBeLessThanOrEqual(Date.now());
  const frozen = [another.child.pid!, ...trainersOf(box.home, another.child.pid!)];
  signal('SIGSTOP', ...frozen);
  await box.worker(1);
  await until(
    'what the frozen worker had is put aside',
    async () => (await queue.llen('gridsearch:fold:active')) === 0,
  );
  signal('SIGCONT', ...frozen);
  const resumed = await box.run('resume', searchId, '--json');
  expect(JSON.parse(resumed.stdout)).toEqual({ searchId, status: 'RUNNING' });
  const watched = await box.run('watch', searchId, '--json');
  queue.disconnect();
  expect(watched.code).toBe(0);
  const lines = watched.stdout
    .trim()
    .split('\n')
    .map((line) => DOCUMENTS.watch.schema.parse(JSON.parse(line)));
  expect(lines[0]).toMatchObject({ type: 'progress', searchId, pausedSince: null });
  const { configuration, mean } = undisturbed.best;
  expect(lines.at(-1)).toMatchObject({ type: 'ended', status: 'FINISHED', best: { configuration, mean } });
  expect(await ended(client, search)).toBe('FINISHED');
  await expect
    .poll(async () => troubles(await runsOf(client, search), WHOLE_GRID), { timeout: 20_000, interval: 500 })
    .toEqual([]);
  // It is over: its end is told at once.
  const again = await box.run('watch', searchId);
  expect(again).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Registered as slow-grid version'),
  });
});

test('a `run` whose search is paused from elsewhere says so, and ends once it is resumed', {
  timeout: 120_000,
}, async ({ box }) => {
  const run = box.start('run', SLOW_GRID, '--workers', '1', '--json');
  const searchId = await until('it says its search', () => /^search (\S+) ·/m.exec(run.stderr())?.[1]);
  const unknown = await box.run('pause', 'nothing');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no search "nothing" here') });
  expect((await box.run('pause', searchId)).stdout).toContain(`Paused search ${searchId}: no further fold`);
  const again = await box.run('pause', searchId);
  expect(again).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Search ${searchId} is paused already`),
  });
  await until('it says that it is paused', () => run.stderr().includes('Paused by `gridsearch pause`'));
  expect((await box.run('priority', searchId, '101')).code).toBe(2);
  expect(await box.json('priority', searchId, '7')).toEqual({ searchId, priority: 7, before: 1 });
  expect(await box.json('priority', searchId, '7')).toMatchObject({ before: 7 });
  expect((await box.run('show', searchId)).stdout).toContain(`npx gridsearch resume ${searchId}`);
  const watch = box.start('watch', searchId);
  await until('it is watched', () => watch.stderr().includes('npx gridsearch resume'));
  watch.child.kill('SIGINT');
  expect((await watch.ended).code).toBe(130);
  expect(watch.stderr()).toContain(`the search goes on. Come back with\n  npx gridsearch watch ${searchId}`);
  const unread = box.start('watch', searchId, '--json');
  await unread.firstLine;
  unread.child.stdout!.destroy();
  expect(await box.run('resume', searchId)).toMatchObject({ code: 0 });
  // Twice: it is told that others have the search, and may work on it, too.
  const too = box.start('resume', searchId, '--workers', '1');
  await until('it says so', () => too.stderr().includes('It goes on elsewhere already'));
  too.child.kill('SIGINT');
  expect((await too.ended).code).toBe(130);
  // As with `| head -1`: watching ends with the next line that nobody reads, and not with the search.
  expect(await unread.ended).toMatchObject({ code: 0 });
  expect(unread.stderr()).not.toContain('refitting');
  expect(await run.ended).toMatchObject({ code: 0 });
});

test('one that nobody carries out can be paused, and one that was cancelled is over for whoever watches it', {
  timeout: 120_000,
}, async ({ box }) => {
  const { searchId } = await box.submit(TINY_GRID);
  expect(await box.json('priority', searchId, '3')).toEqual({ searchId, priority: 3, before: 1 });
  expect(await box.json('pause', searchId)).toMatchObject({ already: false, atHand: 0 });
  expect(await box.json('status', searchId)).toMatchObject({ state: 'paused', priority: 3 });
  await box.json('cancel', searchId);
  const { code, stdout } = await box.run('watch', searchId);
  expect([code, stdout]).toEqual([1, expect.stringContaining(`Search ${searchId} ended as KILLED`)]);
  const json = await box.run('watch', searchId, '--json');
  expect(DOCUMENTS.watch.schema.parse(JSON.parse(json.stdout))).toMatchObject({
    type: 'ended',
    status: 'KILLED',
  });
});
