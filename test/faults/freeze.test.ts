/**
 * Processes that stand still past their locks and wake up again: by then their jobs are somebody else's. And orchestrators that
 * are frozen or killed at each of their steps.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createTrackingClient, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { type Sandbox, type Started, sandbox } from '../support/cli.js';
import { type FaultyProxy, faultyProxy, PASS, type Seen } from '../support/faulty-proxy.js';
import { signal, startFleet, startOrchestrator, trainersOf } from '../support/fleet.js';
import { ended, runsOf, type Submitted, troubles } from '../support/runs.js';
import { SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { embeddedServer, type TrackingFixture } from '../support/tracking.js';
import { until } from '../support/until.js';

/** Locks of two seconds, so that a process need not be frozen for long. */
const LOCK = 2000;
const FROZEN = 3 * LOCK;

async function expectWhole(client: TrackingClient, search: Submitted): Promise<void> {
  expect(await ended(client, search)).toBe('FINISHED');
  // Whoever woke up has had its say; what it did after the end is put right by the look that follows five seconds later.
  await sleep(1500);
  await expect
    .poll(async () => troubles(await runsOf(client, search), WHOLE_GRID), { timeout: 15_000, interval: 500 })
    .toEqual([]);
  const runs = await runsOf(client, search);
  const versions = await client.searchModelVersions(`run_id = '${runs.refits[0]!.info.runId}'`);
  expect(versions).toHaveLength(1);
  for (const fold of runs.folds) {
    const history = await client.metricHistory(fold.info.runId, 'loss');
    expect(history.map(({ step }) => step).sort()).toEqual([1, 2, 3]);
  }
  for (const child of runs.children) {
    expect(child.tags[TAGS.outcome]).toBe('complete');
    expect(await client.metricHistory(child.info.runId, 'mean_test_score')).toHaveLength(1);
  }
}

const boxOf = (boxWith: (env: Record<string, string>) => Sandbox, uri: string): Sandbox =>
  boxWith({ MLFLOW_TRACKING_URI: uri, GRIDSEARCH_LOCK_DURATION: String(LOCK) });

describe('a frozen worker', { timeout: 180_000 }, () => {
  test('while its training process loads neither doubles a run nor leaves one open', async ({
    boxWith,
    tracking,
  }) => {
    const box = boxOf(boxWith, tracking.uri);
    await startFleet(box, { orchestrators: 1, workers: 0 });
    const victim = await box.worker(1);
    const search = await box.submit(SMALL_GRID);
    await until('a training process is there', () => trainersOf(box.home).length > 0);
    await sleep(100);
    const frozen = [victim.child.pid!, ...trainersOf(box.home, victim.child.pid!)];
    signal('SIGSTOP', ...frozen);
    const other = await box.worker(1);
    await sleep(FROZEN);
    signal('SIGCONT', ...frozen);
    await expectWhole(tracking.client, search);
    expect(victim.stderr() + other.stderr()).toBe('');
  });

  test.for(['alone', 'with its training process'])(
    '%s, in mid-fold, neither doubles a run nor leaves one open',
    async (who, { boxWith, tracking }) => {
      const proxy = await faultyProxy(tracking.uri);
      const box = boxOf(boxWith, proxy.uri);
      await startFleet(box, { orchestrators: 1, workers: 0 });
      const victim = await box.worker(1);
      // Frozen as a fold writes: its run is there, and its result is not handed in before that is answered.
      let frozen: number[] = [];
      let ended = 0;
      const struck = new Promise<void>((resolve) => {
        proxy.fault = (seen) => {
          const ends = asks(seen, 'runs/update') && seen.body.includes('FINISHED');
          if (frozen.length > 0 || !asks(seen, 'runs/log-batch') || !seen.body.includes('"loss"'))
            return PASS;
          if (ends && ++ended < 3) return PASS;
          frozen = [victim.child.pid!, ...(who === 'alone' ? [] : trainersOf(box.home, victim.child.pid!))];
          signal('SIGSTOP', ...frozen);
          resolve();
          return PASS;
        };
      });
      const search = await box.submit(SMALL_GRID);
      await struck;
      const other = await box.worker(1);
      await sleep(FROZEN);
      signal('SIGCONT', ...frozen);
      await expectWhole(tracking.client, search);
      // The one that took over tells of the one before.
      const { all } = await runsOf(tracking.client, search);
      expect(all.filter(({ tags }) => tags[TAGS.attempts] !== undefined)).not.toEqual([]);
      expect(victim.stderr() + other.stderr()).toBe('');
      await proxy.close();
    },
  );
});

/** Whether it is such a request about runs, or a batch with one. */
const asks = ({ path, body }: Seen, what: string): boolean =>
  path.endsWith(what) || (path.endsWith('gridsearch/batch') && body.includes(`"mlflow/${what}"`));

/** The steps of a search, each told by a request that only it makes. */
const STEPS: readonly [string, (seen: Seen, search: Submitted | undefined) => boolean][] = [
  ['creates child runs', (seen) => asks(seen, 'runs/create') && seen.body.includes('"trial"')],
  ['describes the window', (seen) => asks(seen, 'runs/log-inputs') && !seen.body.includes('"eval"')],
  ['finishes a trial', (seen) => asks(seen, 'runs/log-batch') && seen.body.includes('mean_test_score')],
  [
    'reconciles',
    // Not what the search before is looked at for, seconds after its end.
    ({ path, body }, search) =>
      path.endsWith('runs/search') &&
      body.includes("attributes.status = 'KILLED'") &&
      body.includes(`"${search?.experimentId}"`),
  ],
  ['writes the results', ({ method, path }) => method === 'PUT' && path.includes('cv_results.csv')],
  ['creates the version', ({ path }) => path.endsWith('model-versions/create')],
  ['moves the alias', ({ method, path }) => method === 'POST' && path.endsWith('registered-models/alias')],
  [
    'finishes the parent run',
    (seen) => asks(seen, 'runs/log-batch') && seen.body.includes('best_child_run_id'),
  ],
];

describe('an orchestrator', { timeout: 180_000 }, () => {
  // One worker and one server serve all: what a step costs is then two orchestrators, one of which is struck.
  let tracking: TrackingFixture;
  let proxy: FaultyProxy;
  let box: Sandbox;
  let running: Started;
  beforeAll(async () => {
    tracking = await embeddedServer();
    proxy = await faultyProxy(tracking.uri);
    box = boxOf(sandbox, proxy.uri);
    running = await startOrchestrator(box);
    await box.worker(2);
  });
  afterAll(async () => {
    await box.dispose();
    await proxy.close();
    await tracking.close();
  });

  test.for(
    STEPS.flatMap(([step, is]) => (['SIGSTOP', 'SIGKILL'] as const).map((how) => [how, step, is] as const)),
  )(
    'that gets %s as it %s is taken over from, and nothing is done twice',
    async ([how, step, is], { folder }) => {
      const victim = running;
      let search: Submitted | undefined;
      const reached = new Promise<void>((resolve) => {
        let struck = false;
        proxy.fault = (seen) => {
          if (struck || !is(seen, search)) return PASS;
          struck = true;
          signal(how, victim.child.pid!);
          resolve();
          return PASS;
        };
      });
      // A model of its own, or the alias would not move.
      const file = join(folder, 'space.yaml');
      const text = await readFile(SMALL_GRID, 'utf8');
      await writeFile(
        file,
        text.replace('name: small-grid', `name: ${`${how} as it ${step}`.replaceAll(' ', '-')}`),
      );
      search = await box.submit(file, '--fresh');
      await reached;
      running = await startOrchestrator(box);
      await sleep(FROZEN);
      signal('SIGCONT', victim.child.pid!);
      await expectWhole(createTrackingClient({ uri: tracking.uri }), search);
      victim.child.kill();
      await victim.ended;
    },
  );
});
