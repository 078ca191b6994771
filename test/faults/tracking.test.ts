/** A tracking server in trouble, or a gateway before it: no fold is lost by it, no run is doubled. */
import { describe, expect } from 'vitest';
import { randomStream } from '../../learning/random/index.js';
import { createTrackingClient, type Run, TAGS } from '../../tracking/client/index.js';
import { type Fault, faultyProxy, PASS, partsOf, type Seen } from '../support/faulty-proxy.js';
import type { Installation } from '../support/installation.js';
import { foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

/** Orchestrator and workers that reach tracking through a proxy. */
async function through(installation: Installation) {
  const proxy = await faultyProxy(installation.services.tracking.uri);
  const waits: string[] = [];
  await installation.orchestrator({
    tracking: createTrackingClient({ uri: proxy.uri }),
    trackingUri: proxy.uri,
    onWaiting: (reason) => waits.push(reason),
  });
  await installation.worker({ trackingUri: proxy.uri });
  return { proxy, waits };
}

/** The search has ended as if nothing had been. */
async function expectWhole(installation: Installation, search: Submitted): Promise<void> {
  expect(await installation.result(search)).toMatchObject({
    status: 'FINISHED',
    trials: { complete: 8, failed: 0 },
    folds: { finished: 24, failed: 0 },
  });
  const runs = await runsOf(installation.client, search);
  expect(troubles(runs, WHOLE_GRID)).toEqual([]);
  expect(
    await installation.client.searchModelVersions(`run_id = '${runs.refits[0]!.info.runId}'`),
  ).toHaveLength(1);
  expect(installation.events.filter(({ type }) => type === 'failed')).toEqual([]);
  for (const fold of runs.folds) {
    const history = await installation.client.metricHistory(fold.info.runId, 'loss');
    expect(history.map(({ step }) => step).sort()).toEqual([1, 2, 3]);
  }
}

describe('a tracking server', { timeout: 180_000 }, () => {
  test.for([500, 502, 503, 504, 429, 401])(
    'that answers %i for a while fails no trial',
    async (status, { installation }) => {
      const { proxy } = await through(installation);
      const search = await installation.submit(SMALL_GRID, { retries: 0 });
      await foldsDone(installation.client, search, 2);
      proxy.fault = () => ({ kind: 'refuse', status });
      await until('jobs wait', () => installation.events.some(({ type }) => type === 'waiting'));
      await until('many were refused', () => proxy.faults > 20);
      proxy.fault = () => PASS;
      await expectWhole(installation, search);
      await proxy.close();
    },
  );

  test('that can’t take the model at the refit costs no fold', async ({ installation }) => {
    const { proxy } = await through(installation);
    proxy.fault = ({ method, path }) =>
      method === 'PUT' && path.includes('/model/') && proxy.faults < 30
        ? { kind: 'refuse', status: 503 }
        : PASS;
    const search = await installation.submit(SMALL_GRID, { retries: 0 });
    await expectWhole(installation, search);
    expect(proxy.faults).toBe(30);
    await proxy.close();
  });

  test('that carries out a creation as late as when the ranks are written gives every trial its rank', async ({
    installation,
  }) => {
    const { client } = installation;
    const { proxy } = await through(installation);
    const search = await installation.submit(SMALL_GRID, { retries: 0 });
    let twins = 0;
    proxy.fault = async (seen) => {
      if (twins > 0 || !partsOf(seen).some(({ body }) => body.includes('attributes.start_time ASC')))
        return PASS;
      const { refits, children } = await runsOf(client, search);
      if (refits[0]?.info.status !== 'FINISHED') return PASS;
      // The first one's run has the mean; it must not vanish behind one that nobody will ever settle.
      const [{ info, tags }] = children.toSorted((a, b) => a.info.startTime - b.info.startTime) as [Run];
      const { [TAGS.outcome]: _, ...first } = tags;
      twins++;
      await client.createRun({
        experimentId: info.experimentId,
        runName: info.runName,
        startTime: Date.now(),
        parentRunId: search.parentRunId,
        tags: first,
      });
      return PASS;
    };
    await expectWhole(installation, search);
    expect(twins).toBe(1);
    const { children, refits } = await runsOf(client, search);
    const ranks = children.map(({ metrics }) => metrics.rank_test_score!);
    expect(ranks.filter((rank) => rank === 1).length).toBeGreaterThan(0);
    for (const { metrics } of children) {
      const better = children.filter((other) => other.metrics.mean_test_score! > metrics.mean_test_score!);
      expect(metrics.rank_test_score).toBe(better.length + 1);
    }
    const table = String(await client.downloadArtifact(refits[0]!, 'cv_results.csv'));
    expect(table.trim().split('\n')).toHaveLength(1 + children.length);
    await proxy.close();
  });

  /** Half of the first hundred: what never ends can't be waited out, and every second one may be the same one again and again. */
  const half = (fault: Fault, which: (seen: Seen) => boolean) => {
    const random = randomStream(8, 'faults');
    let count = 0;
    return (seen: Seen): Fault => (which(seen) && count++ < 100 && random.uniform() < 0.5 ? fault : PASS);
  };
  const creates = (seen: Seen): boolean => partsOf(seen).some(({ path }) => path.endsWith('/create'));
  const writes = ({ method }: Seen): boolean => method !== 'GET';

  test.for([
    ['whose gateway gives up on creations that are then done', { kind: 'give up' }, creates],
    ['whose gateway gives up on creations that land two seconds later', { kind: 'late', ms: 2000 }, creates],
    ['whose connection breaks after half of the writes', { kind: 'drop', after: true }, writes],
    ['whose connection breaks before half of the writes', { kind: 'drop', after: false }, writes],
  ] as [string, Fault, (seen: Seen) => boolean][])(
    '%s leaves nothing twice',
    async ([, fault, which], { installation }) => {
      const { proxy } = await through(installation);
      proxy.fault = half(fault, which);
      const search = await installation.submit(SMALL_GRID, { retries: 0 });
      await installation.result(search);
      // What is still on its way lands, and the next orchestrator looks over it.
      await proxy.close();
      await installation.orchestrator();
      await until('it was looked at again', async () => {
        const { all, refits } = await runsOf(installation.client, search);
        const versions = await installation.client.searchModelVersions(`run_id = '${refits[0]!.info.runId}'`);
        return versions.length === 1 && all.every(({ info }) => info.status !== 'RUNNING');
      });
      await expectWhole(installation, search);
      const parent = await installation.client.getRun(search.parentRunId);
      if (fault.kind === 'late') expect(Number(parent.tags[TAGS.surplusRuns])).toBeGreaterThan(0);
    },
  );

  test('that stays in trouble ends a run after --patience, resumable', async ({ box, boxWith, tracking }) => {
    const proxy = await faultyProxy(tracking.uri);
    const patient = boxWith({ MLFLOW_TRACKING_URI: proxy.uri, GRIDSEARCH_HOME: box.home });
    const run = patient.start('run', SMALL_GRID, '--workers', '1', '--patience', '5s', '--json');
    await until('a search is under way', async () => (await tracking.client.searchExperiments()).length > 1);
    const experiment = (await tracking.client.searchExperiments()).find(({ name }) => name === 'small-grid')!;
    const [parent] = await until('its parent run is there', async () => {
      const found: { searchId: string; experimentId: string }[] = [];
      const filter = `tags.\`${TAGS.role}\` = 'parent'`;
      for await (const { tags } of tracking.client.searchRuns({
        experimentIds: [experiment.experimentId],
        filter,
      }))
        found.push({ searchId: tags[TAGS.searchId]!, experimentId: experiment.experimentId });
      return found.length > 0 && found;
    });
    await foldsDone(tracking.client, parent!, 2);
    proxy.fault = () => ({ kind: 'refuse', status: 500 });
    const end = await run.ended;
    expect(end).toMatchObject({ code: 1 });
    expect(end.stderr).toMatch(/Waiting: .*HTTP 500/);
    expect(end.stderr).toMatch(/Gave up after \d+ s of waiting: .*HTTP 500/);
    expect(end.stderr).toMatch(/go on with\n {2}npx gridsearch resume small-grid-/);
    proxy.fault = () => PASS;
    const resumed = await patient.run('resume', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ folds: { finished: 24, failed: 0 } });
    expect(troubles(await runsOf(tracking.client, parent!), WHOLE_GRID)).toEqual([]);
    await proxy.close();
  });
});
