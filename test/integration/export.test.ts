/** A search copied to another server, through a network that loses answers and with the copying process killed: all of it, once. */
import { describe, expect, onTestFinished } from 'vitest';
import type { Run, TrackingClient } from '../../tracking/client/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { mlflowEnvironment, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import type { Sandbox } from '../support/cli.js';
import { faultyProxy, PASS } from '../support/faulty-proxy.js';
import { ended, runsOf, type Submitted, troubles } from '../support/runs.js';
import { TINY_GRID, WHOLE_TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { embeddedServer, realServer, type TrackingFixture } from '../support/tracking.js';

const python = mlflowEnvironment();

interface Searched {
  readonly client: TrackingClient;
  readonly search: Submitted;
}

async function searched(box: Sandbox): Promise<Searched> {
  const { client } = await box.up('--workers', '2');
  const search = await box.submit(TINY_GRID);
  expect(await ended(client, search)).toBe('FINISHED');
  return { client, search };
}

/** Everything of a run but its ids and what says where it is. */
async function contentOf(client: TrackingClient, run: Run): Promise<object> {
  const { info, params, metrics, tags } = run;
  const histories = await Promise.all(
    Object.keys(metrics)
      .sort()
      .map((name) => client.metricHistory(info.runId, name)),
  );
  const files: [string, number | undefined][] = [];
  for (const folders = ['']; folders.length > 0; )
    for (const { path, isDir, size } of await client.listArtifacts(run, folders.shift()))
      isDir ? folders.push(path) : files.push([path, size]);
  const { runName, status, startTime, endTime } = info;
  return {
    ...{ runName, status, startTime, endTime, params, histories, files: files.sort() },
    inputs: await client.loggedInputs(info.runId),
    tags: Object.fromEntries(
      Object.entries(tags)
        .filter(([name]) => name !== TAGS.exportedFrom)
        .map(([name, value]) => [name, value.replaceAll(/[0-9a-f]{32}/g, 'id')])
        .sort(),
    ),
  };
}

async function expectSame({ client, search }: Searched, there: TrackingFixture): Promise<void> {
  const [experiment] = (await there.client.searchExperiments()).filter(({ name }) => name === 'tiny-grid');
  const copy = await runsOf(there.client, { ...search, experimentId: experiment!.experimentId });
  expect(troubles(copy, WHOLE_TINY_GRID)).toEqual([]);
  const source = await runsOf(client, search);
  const [before, after] = [source.all, copy.all].map((runs) =>
    runs.toSorted((a, b) => (a.info.runName < b.info.runName ? -1 : 1)),
  ) as [Run[], Run[]];
  for (const [i, run] of before.entries())
    expect(await contentOf(there.client, after[i]!)).toEqual(await contentOf(client, run));
  // Tags that name runs name those of the copy.
  const parent = copy.all.find(({ tags }) => tags[TAGS.role] === 'parent')!;
  const best = await there.client.getRun(parent.tags[TAGS.bestChild]!);
  expect(best.tags[TAGS.parentRunId]).toBe(parent.info.runId);
  const versions = await there.client.searchModelVersions(`name = 'tiny-grid'`);
  expect(versions).toHaveLength(1);
  const version = await there.client.getModelVersion('tiny-grid', versions[0]!.version);
  expect(version).toMatchObject({ aliases: ['champion'], runId: parent.tags[TAGS.refitRun] });
  expect(version.tags[TAGS.parentRunId]).toBe(parent.info.runId);
}

describe('export', { timeout: 240_000 }, () => {
  test('goes on where it was killed or lost its connection, and leaves nothing twice', async ({ box }) => {
    const here = await searched(box);
    const there = await embeddedServer();
    onTestFinished(() => there.close());
    const proxy = await faultyProxy(there.uri);
    onTestFinished(() => proxy.close());
    let requests = 0;
    let kill: (() => void) | undefined;
    proxy.fault = ({ method, path }) => {
      if (method === 'GET' || path.endsWith('search')) return PASS;
      requests++;
      if (requests % 29 === 0) kill?.();
      return requests % 7 === 0 ? { kind: 'drop', after: true } : PASS;
    };
    const codes: (number | null)[] = [];
    while (codes.at(-1) !== 0 && codes.length < 40) {
      const started = box.start('export', here.search.searchId, '--to', proxy.uri);
      // Every third try is killed in the middle; the others fail, or end.
      kill = codes.length % 3 === 0 ? () => started.child.kill('SIGKILL') : undefined;
      const { code, stderr } = await started.ended;
      if (code === 1) expect(stderr).toContain('The same command goes on from here');
      codes.push(code);
    }
    expect(codes.at(-1)).toBe(0);
    expect(codes.length).toBeGreaterThan(2);
    await expectSame(here, there);

    const again = await box.json<object>('export', here.search.searchId, '--to', `${there.uri}`);
    expect(again).toMatchObject({ runs: 18, present: 18, registered: { version: '1' }, aliasesTaken: [] });
    await expectSame(here, there);
  });

  test('refuses what would mislead, and leaves a champion in its place', async ({ box }) => {
    const here = await searched(box);
    const self = await box.run('export', 'tiny-grid', '--to', here.client.uri);
    expect(self).toMatchObject({ code: 2, stderr: expect.stringContaining('has search tiny-grid-') });
    const bad = await box.run('export', 'tiny-grid', '--to', 'ftp://u:secret@host');
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('--to is ftp://') });
    expect(bad.stderr).not.toContain('secret');
    const there = await embeddedServer();
    onTestFinished(() => there.close());
    const experimentId = await there.client.getOrCreateExperiment('other');
    const { info } = await there.client.createRun({ experimentId, runName: 'x', startTime: 1, tags: {} });
    await there.client.createRegisteredModel('tiny-grid');
    const own = await there.client.createModelVersion({
      name: 'tiny-grid',
      source: info.artifactUri,
      runId: info.runId,
    });
    await there.client.setAlias('tiny-grid', 'champion', own.version);
    const { stdout, code } = await box.run('export', 'tiny-grid', '--to', there.uri);
    expect({ stdout, code }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/as tiny-grid version 2\.\nAnother version is the champion there/),
    });
    expect((await there.client.getVersionByAlias('tiny-grid', 'champion'))!.version).toBe('1');
  });

  test.skipIf(!python)(
    `copies to a real MLflow server${python ? '' : ` (${WHY_SKIPPED})`}`,
    async ({ box }) => {
      const here = await searched(box);
      const there = await realServer(python!.mlflow);
      onTestFinished(() => there.close());
      expect(await box.run('export', 'tiny-grid', '--to', there.uri)).toMatchObject({ code: 0 });
      expect(await box.run('export', 'tiny-grid', '--to', there.uri)).toMatchObject({ code: 0 });
      await expectSame(here, there);
    },
  );
});
