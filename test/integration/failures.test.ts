/** Searches whose folds misbehave, with small windows so that a search needs several. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { closers, openServices, type Services } from '../../orchestrator/app/index.js';
import { prepare } from '../../orchestrator/app/prepare.js';
import { startOrchestrator, submitSearch } from '../../orchestrator/search/index.js';
import { type SearchResult, searchResult } from '../../queue/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { startTrackingServer } from '../../tracking/server/index.js';
import { startWorker } from '../../worker/index.js';
import { type RunsOfSearch, runsOf, troubles } from '../support/runs.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const SMALL_GRID = path('../fixtures/small-grid.yaml');
const CHILD = path('../../dist/worker/child.js');

const opened = closers();
afterEach(() => opened.close());

interface Outcome {
  result: SearchResult;
  runs: RunsOfSearch;
  services: Services;
  /** The most fold jobs that were in Redis at one time. */
  mostFolds: number;
}

async function search(processor: string): Promise<Outcome> {
  const home = mkdtempSync(join(tmpdir(), 'gs-'));
  opened.add(async () => rmSync(home, { recursive: true, force: true }));
  process.env.GRIDSEARCH_HOME = home;
  delete process.env.REDIS_URL;
  delete process.env.MLFLOW_TRACKING_URI;
  const services = await openServices({ start: startTrackingServer });
  opened.add(() => services.close());
  const { client, uri } = services.tracking;
  const orchestrator = await startOrchestrator({
    redis: services.redis,
    tracking: client,
    trackingUri: uri,
    onError: () => undefined,
    windowFolds: 9,
  });
  opened.add(() => orchestrator.close());
  const worker = await startWorker({
    redis: services.redis,
    redisUrl: services.redisUrl,
    trackingUri: uri,
    concurrency: 2,
    threads: 1,
    cacheDir: join(home, 'cache'),
    processor,
  });
  opened.add(() => worker.close(0));
  const submitted = await submitSearch(
    { ...(await prepare(SMALL_GRID)), retries: 1 },
    {
      tracking: client,
      searches: services.searches,
    },
  );
  let mostFolds = 0;
  for (;;) {
    const folds = await services.redis.keys('gridsearch:fold:*.f?');
    mostFolds = Math.max(mostFolds, folds.length);
    const job = await services.searches.getJob(submitted.searchId);
    if (await job?.isCompleted()) {
      const result = searchResult.parse((await services.searches.getJob(submitted.searchId))?.returnvalue);
      const runs = await runsOf(client, submitted.experimentId, submitted.searchId);
      return { result, runs, services, mostFolds };
    }
    await sleep(50);
  }
}

test('a grid larger than a window goes through Redis window by window', async () => {
  const { result, runs, mostFolds } = await search(CHILD);
  expect(result).toMatchObject({ status: 'FINISHED', folds: { finished: 24, failed: 0 } });
  expect(troubles(runs, { children: 8, folds: 24 })).toEqual([]);
  expect(mostFolds).toBeGreaterThan(0);
  expect(mostFolds).toBeLessThanOrEqual(9);
}, 120_000);

test('a failed trial never fails the search; its run says why', async () => {
  const { result, runs } = await search(path('../fixtures/processors/_failing.mjs'));
  expect(result).toMatchObject({
    status: 'FINISHED',
    trials: { complete: 7, pruned: 0, failed: 1 },
    folds: { finished: 23, failed: 1 },
  });
  const failed = runs.children.filter((run) => run.info.status === 'FAILED');
  expect(failed).toHaveLength(1);
  expect(failed[0]!.tags[TAGS.failure]).toBe('fold 1: this fold is cursed');
  expect(failed[0]!.metrics).toHaveProperty('split0_test_score');
  expect(failed[0]!.metrics).not.toHaveProperty('mean_test_score');
}, 120_000);

test('a process that dies in mid-fold costs one attempt; the retry continues under the same run', async () => {
  const { result, runs, services } = await search(path('../fixtures/processors/_crash.mjs'));
  expect(result).toMatchObject({ status: 'FINISHED', folds: { finished: 24, failed: 0 } });
  expect(troubles(runs, { children: 8, folds: 24 })).toEqual([]);
  for (const fold of runs.folds) {
    const history = await services.tracking.client.metricHistory(fold.info.runId, 'loss');
    expect(history.map((point) => point.step).sort()).toEqual([1, 2, 3]);
  }
}, 120_000);

test('a search of which every trial failed ends as failed, with the reason, and nothing stays running', async () => {
  const { result, runs, services } = await search(path('../fixtures/processors/_broken.mjs'));
  expect(result.status).toBe('FAILED');
  expect(result.reason).toContain('all 8 trials failed');
  expect(runs.all.filter((run) => run.info.status === 'RUNNING' || run.info.status === 'SCHEDULED')).toEqual(
    [],
  );
  const parent = runs.all.find((run) => run.tags[TAGS.role] === 'parent')!;
  expect(parent.info.status).toBe('FAILED');
  expect(parent.tags[TAGS.failure]).toContain('all 8 trials failed');
  expect(await services.tracking.client.searchRegisteredModels()).toEqual([]);
}, 120_000);
