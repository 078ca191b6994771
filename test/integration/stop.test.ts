/** A search that is cut, by a person or by its budget: the best of what is complete wins, and nothing else goes on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queue } from 'bullmq';
import { expect } from 'vitest';
import { cancelByName } from '../../orchestrator/app/cancel.js';
import { stopByName } from '../../orchestrator/app/stop.js';
import type { Submission } from '../../orchestrator/search/index.js';
import { connectRedis, readData, sealData, searchPayload } from '../../queue/index.js';
import { readBudget, readSearch, usedSeconds } from '../../review/results/index.js';
import { TAGS, type TrackingClient } from '../../tracking/client/index.js';
import type { Installation } from '../support/installation.js';
import { ended, runsOf, type Submitted } from '../support/runs.js';
import { processor } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

/** Sixty configurations, of which a few are done in a second. */
const LONG = `name: long
dataset: { source: uci-sentiment, limit: 200, test_size: 0.25 }
models:
  simple:
    vocabulary_size: 500
    max_tokens: 16
    embedding_dim: 8
    hidden_units: [4, 8, 12, 16, 20, 24]
    learning_rate: [0.003, 0.005, 0.01, 0.02, 0.03]
    dropout: [0, 0.3]
training: { epochs: 30, batch_size: 8 }
baseline: off
`;

async function longSpace(folder: string): Promise<string> {
  const file = join(folder, 'long.yaml');
  await writeFile(file, LONG);
  return file;
}

const completeOf = async (client: TrackingClient, search: Submitted) =>
  (await runsOf(client, search)).children.filter(({ tags }) => tags[TAGS.outcome] === 'complete');

const someComplete = (client: TrackingClient, search: Submitted, count: number) =>
  until(
    `${count} configurations are complete`,
    async () => (await completeOf(client, search)).length >= count,
  );

/** The winner is the best of what is complete, everything says that it was cut, and nothing is left. */
async function expectCut(client: TrackingClient, search: Submitted, by: string): Promise<void> {
  const complete = await completeOf(client, search);
  const { all, refits } = await runsOf(client, search);
  for (const { info } of all) expect(['FINISHED', 'FAILED', 'KILLED']).toContain(info.status);
  const { info, tags } = await client.getRun(search.parentRunId);
  expect(info.status).toBe('FINISHED');
  expect(tags[TAGS.cut]).toMatch(new RegExp(`^stopped by ${by} after \\d+ of 60 configurations$`));
  const best = complete.reduce((a, b) => (b.metrics.mean_test_score! > a.metrics.mean_test_score! ? b : a));
  const winner = complete.find(({ info }) => info.runId === tags[TAGS.bestChild]);
  expect(winner?.metrics.mean_test_score).toBe(best.metrics.mean_test_score);
  expect(refits).toHaveLength(1);
  const [name, version] = tags[TAGS.registered]!.split('/');
  const registered = await client.getModelVersion(name!, version!);
  expect(registered.tags[TAGS.cut]).toBe(tags[TAGS.cut]);
  expect(registered.description).toContain(tags[TAGS.cut]);
}

/** Changes what is saved of a search while it waits for its one window: it has been training for longer. */
async function beganEarlier(searches: Queue, { searchId }: Submitted, ms: number): Promise<void> {
  const job = (await searches.getJob(searchId))!;
  expect(await job.getState()).toBe('waiting-children');
  const data = readData(job, searchPayload);
  const startedAt = data.progress.startedAt! - ms;
  await job.updateData(sealData(searchId, { ...data, progress: { ...data.progress, startedAt } }));
}

/** What waits or is under way of a search, once its own job has ended. */
async function expectNoJobs({ services }: Installation, { searchId }: Submitted): Promise<void> {
  await until('no job of it is left', async () => {
    const keys = await services.redis.keys(`gridsearch:*:${searchId}.*`);
    return keys.every((key) => /\.look\d+/.test(key));
  });
}

test('a search that is stopped, or at the end of its budget, registers the best of what is complete and drops the rest', async ({
  installation,
  folder,
}) => {
  const { client, services } = installation;
  await installation.orchestrator();
  await installation.worker({ processor: processor('failing') });
  const file = await longSpace(folder);
  const submit = (changes: Partial<Submission> = {}) => installation.submit(file, { ...changes, retries: 0 });

  // In generations, of which two are under way.
  const stopped = await submit({
    strategy: { kind: 'grid', order: 'declared', generation: 6 },
    pruning: { folds: 'forgiving', epochs: 'off' },
  });
  await someComplete(client, stopped, 2);
  const { searchId } = stopped;
  expect(await stopByName('long', services)).toMatchObject({ search: { searchId }, already: false });
  expect(await stopByName(searchId, services)).toMatchObject({ already: true });
  const { trials } = await installation.result(stopped);
  expect(await completeOf(client, stopped)).toHaveLength(trials.complete);
  await expectCut(client, stopped, 'a person');
  await expectNoJobs(installation, stopped);
  await expect(stopByName(searchId, services)).rejects.toThrow(`search ${searchId} has ended`);

  const timed = await submit({ budget: { max_duration: { written: '1h', ms: 3_600_000 } } });
  await someComplete(client, timed, 1);
  await beganEarlier(services.searches, timed, 3_600_000);
  expect(await installation.result(timed)).toMatchObject({ status: 'FINISHED' });
  await expectCut(client, timed, 'max_duration 1h');
  // What it used is told by tracking, and neither refit nor what Redis knew of its time is needed for that.
  const over = await readSearch(client, timed.parentRunId);
  const told = await readBudget(client, { ...over, params: { max_duration: '1h' } });
  expect(usedSeconds(told!.maxDuration!)).toBeGreaterThanOrEqual(3600);
  await expectNoJobs(installation, timed);

  const failing = await submit({ budget: { max_failures: 0 } });
  expect(await installation.result(failing)).toMatchObject({ trials: { failed: 1 } });
  const { tags } = await client.getRun(failing.parentRunId);
  expect(tags[TAGS.cut]).toMatch(/^stopped by max_failures 0 after \d+ of 60 configurations$/);
  await expectNoJobs(installation, failing);
});

test('a search that is stopped with nothing complete fails with that reason, also after a death half-way', async ({
  installation,
  folder,
}) => {
  const { client, services } = installation;
  const { searches, redis } = services;
  const search = await installation.submit(await longSpace(folder));
  const other = await installation.submit(await longSpace(folder));
  const { searchId } = search;
  await expect(stopByName(searchId, services)).rejects.toThrow(`search ${searchId} has not begun`);
  const orchestrator = await installation.orchestrator();
  for (const { searchId } of [search, other])
    await until(
      'its window waits for a worker',
      async () => (await searches.getJobState(searchId)) === 'waiting-children',
    );
  await orchestrator.close();
  const job = (await searches.getJob(other.searchId))!;
  const data = readData(job, searchPayload);
  await job.updateData(sealData(job.id!, { ...data, progress: { ...data.progress, step: 'refit' } }));
  await expect(stopByName(other.searchId, services)).rejects.toThrow('has tried all its configurations');
  // The window is removed first, and then its trials.
  for (const { searchId } of [search, other])
    await searches.remove(`${searchId}.w0`, { removeChildren: false });
  await cancelByName(other.searchId, services);
  expect(await redis.keys(`gridsearch:*:${other.searchId}.*`)).toEqual([]);

  await stopByName(searchId, services);
  await installation.orchestrator();
  const reason = 'stopped by a person after 0 of 60 configurations, none of them complete';
  expect(await installation.result(search)).toMatchObject({ status: 'FAILED', reason });
  const { info, tags } = await client.getRun(search.parentRunId);
  expect([info.status, tags[TAGS.failure]]).toEqual(['FAILED', reason]);
  for (const { info } of (await runsOf(client, search)).children) expect(info.status).toBe('KILLED');
  await expectNoJobs(installation, search);
});

test('a stop survives the death of the orchestrator', async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const victim = await box.up('--workers', '2');
  const search = await box.submit(await longSpace(folder));
  await someComplete(victim.client, search, 2);
  const { searchId } = search;
  const redis = connectRedis(`unix://${join(box.home, 'redis.sock')}`);
  const stop = box.json('stop', 'long');
  await until('the wish is in Redis', () => redis.hexists(`gridsearch:search:${searchId}`, 'stop'));
  victim.child.kill('SIGKILL');
  await victim.ended;
  expect(await stop).toEqual({ searchId, status: 'STOPPING', already: false });
  expect(await box.json('stop', searchId)).toMatchObject({ already: true });
  const { client } = await box.up('--workers', '2');
  expect(await ended(client, search)).toBe('FINISHED');
  await expectCut(client, search, 'a person');
  await until('no job of it is left', async () =>
    (await redis.keys(`*${searchId}.*`)).every((key) => /\.look\d+/.test(key)),
  ).finally(() => redis.disconnect());
});
