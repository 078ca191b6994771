/** `gc`, beside a server that runs: what was deleted goes for good, and nothing else. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect } from 'vitest';
import { collectGarbage, startTrackingServer } from '../../tracking/server/index.js';
import { openDatabase } from '../../tracking/server/store/database.js';
import { MIGRATIONS } from '../../tracking/server/store/migrations.js';
import { purgeStore } from '../../tracking/server/store/purge.js';
import { callMlflow } from '../support/mlflow-rest.js';
import { test } from '../support/test.js';
import type { TrackingFixture } from '../support/tracking.js';

interface Document {
  readonly runs: string[];
  readonly loggedModels: string[];
  readonly experiments: string[];
  readonly artifactBytes: number;
  readonly kept: { id: string; why: string }[];
  readonly cache: { models: string[]; datasets: string[]; encoders: string[]; bytes: number };
}

/** A run with something of every kind on it. */
async function fullRun(
  { client, uri }: Pick<TrackingFixture, 'client' | 'uri'>,
  experimentId: string,
  parent?: string,
) {
  const run = await client.createRun({
    experimentId,
    runName: 'full',
    startTime: Date.now(),
    tags: { ...(parent && { 'mlflow.parentRunId': parent }), colour: 'red' },
  });
  const { runId } = run.info;
  await client.logBatch(runId, {
    params: { units: 8 },
    metrics: [1, 2, 3].map((step) => ({ key: 'loss', value: 1 / step, step, timestamp: Date.now() })),
  });
  const dataset = { name: 'rows', digest: runId.slice(0, 8), source_type: 'local', source: '{}' };
  await post(uri, 'runs/log-inputs', {
    run_id: runId,
    datasets: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'train' }] }],
  });
  await client.uploadArtifact(run, 'model/weights.bin', Buffer.alloc(1000, 7));
  return run;
}

const post = (uri: string, path: string, fields: object) =>
  callMlflow(uri, 'POST', path, fields as Record<string, string>);

/** Rows that still name something of a run. */
function rowsOf(home: string, table: string): number {
  const db = new DatabaseSync(join(home, 'tracking.db'));
  const { count } = db.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number };
  db.close();
  return count;
}

describe('gc', () => {
  test('purges deleted runs, models and experiments, and keeps what is needed', { timeout: 120_000 }, async ({
    box,
  }) => {
    const { client, trackingUri: uri } = await box.up();
    const experimentId = await client.getOrCreateExperiment('kept');
    const doomedId = await client.getOrCreateExperiment('doomed');
    const full = (id = experimentId, parent?: string) => fullRun({ client, uri }, id, parent);
    const active = await full();
    const [deleted, source, restored] = [await full(), await full(), await full()];
    // A search under way: its parent run is open, and a fold run of an earlier attempt hangs two levels below.
    const search = await client.createRun({
      experimentId,
      runName: 'search',
      startTime: Date.now(),
      tags: {},
    });
    const trial = await full(experimentId, search.info.runId);
    await client.updateRun(trial.info.runId, { status: 'FINISHED', endTime: Date.now() });
    const attempt = await full(experimentId, trial.info.runId);
    const doomed = await full(doomedId);
    await client.createRegisteredModel('sentiment');
    const made = { name: 'sentiment', runId: source.info.runId, source: `${source.info.artifactUri}/model` };
    await client.createModelVersion(made);
    const model = (await post(uri, 'logged-models', { experiment_id: experimentId, name: 'gone' })) as {
      model: { info: { model_id: string } };
    };
    const modelId = model.model.info.model_id;
    await fetch(`${uri}/api/2.0/mlflow/logged-models/${modelId}`, { method: 'DELETE' });
    for (const run of [deleted, source, restored, attempt]) await client.deleteRun(run.info.runId);
    await post(uri, 'runs/restore', { run_id: restored.info.runId });
    await post(uri, 'experiments/delete', { experiment_id: doomedId });

    // Nothing was deleted yesterday.
    expect(await box.json<Document>('gc', '--older-than', '1d')).toMatchObject({
      runs: [],
      kept: [],
      artifactBytes: 0,
    });
    const gone = {
      runs: [deleted, doomed].map(({ info }) => info.runId).sort(),
      loggedModels: [modelId],
      experiments: [doomedId],
      artifactBytes: 2000,
    };
    const sorted = (document: Document) => ({ ...document, runs: document.runs.toSorted() });
    expect(sorted(await box.json<Document>('gc', '--dry-run'))).toMatchObject(gone);
    expect((await client.getRun(deleted.info.runId)).params).toEqual({ units: '8' });
    const { kept, ...purged } = sorted(await box.json<Document>('gc'));
    expect(purged).toMatchObject(gone);
    expect(kept.toSorted((a, b) => (a.why < b.why ? -1 : 1))).toEqual([
      { id: attempt.info.runId, why: 'running' },
      { id: source.info.runId, why: 'version' },
    ]);

    for (const { info } of [deleted, doomed]) {
      await expect(client.getRun(info.runId)).rejects.toThrow('not found');
      expect(existsSync(join(box.home, 'artifacts', info.experimentId, info.runId))).toBe(false);
    }
    expect(existsSync(join(box.home, 'artifacts', doomedId))).toBe(false);
    expect(rowsOf(box.home, 'metrics WHERE run NOT IN (SELECT id FROM runs)')).toBe(0);
    // Five full runs are left, each with a dataset of its own.
    expect(rowsOf(box.home, 'datasets')).toBe(5);
    for (const run of [active, source, restored, attempt]) {
      expect(await client.downloadArtifact(run, 'model/weights.bin')).toHaveLength(1000);
    }
    await post(uri, 'runs/restore', { run_id: source.info.runId });
    // Its name is free again.
    expect(await client.getOrCreateExperiment('doomed')).not.toBe(doomedId);

    // A process that outlived its run: the server refuses its metrics, and the next purge takes its artifacts.
    await expect(client.logBatch(deleted.info.runId, { params: { late: 1 } })).rejects.toThrow('not found');
    await client.uploadArtifact(deleted, 'late.bin', Buffer.alloc(10));
    expect(await box.json<Document>('gc')).toMatchObject({ runs: [], artifactBytes: 10 });
    expect(existsSync(join(box.home, 'artifacts', experimentId, deleted.info.runId))).toBe(false);
  });

  test('goes on with a purge that was killed before the artifacts went', async ({ folder }) => {
    const server = await startTrackingServer({ dataDir: folder });
    const { createTrackingClient } = await import('../../tracking/client/index.js');
    const client = createTrackingClient({ uri: server.uri });
    const run = await fullRun({ client, uri: server.uri }, '0');
    // An experiment that somebody put into the folder of the run keeps that folder.
    const nested = await fullRun({ client, uri: server.uri }, '0');
    await post(server.uri, 'experiments/create', {
      name: 'within',
      artifact_location: `${nested.info.artifactUri}/x`,
    });
    for (const { info } of [run, nested]) await client.deleteRun(info.runId);
    const db = openDatabase(join(folder, 'tracking.db'));
    expect(purgeStore(db).purge(Date.now()).runs).toHaveLength(2);
    db.close();
    const place = (runId: string) => existsSync(join(folder, 'artifacts', '0', runId));
    expect(place(run.info.runId)).toBe(true);
    expect(await collectGarbage({ dataDir: folder, before: Date.now(), dryRun: false })).toMatchObject({
      runs: [],
      bytes: 1000,
    });
    expect([place(run.info.runId), place(nested.info.runId)]).toEqual([false, true]);
    await server.close();
  });

  test('counts what two runs share once, when the last of them goes', async ({ folder }) => {
    const server = await startTrackingServer({ dataDir: folder });
    const { createTrackingClient } = await import('../../tracking/client/index.js');
    const client = createTrackingClient({ uri: server.uri });
    const pair = async () => {
      const run = await fullRun({ client, uri: server.uri }, '0');
      const copy = await client.createRun({ experimentId: '0', runName: 'copy', startTime: 0, tags: {} });
      await client.copyFolder(run, 'model', copy);
      return [run.info.runId, copy.info.runId] as const;
    };
    const removed = async (...runIds: string[]) => {
      for (const runId of runIds) await client.deleteRun(runId);
      const collect = (dryRun: boolean) => collectGarbage({ dataDir: folder, before: Date.now(), dryRun });
      return [(await collect(true)).bytes, (await collect(false)).bytes];
    };
    const [run, copy] = await pair();
    expect(await removed(run)).toEqual([0, 0]);
    expect(await removed(copy)).toEqual([1000, 1000]);
    expect(await removed(...(await pair()))).toEqual([1000, 1000]);
    await server.close();
  });

  test('takes cached files that nothing uses, and no fresh ones', { timeout: 60_000 }, async ({
    boxWith,
    folder,
  }) => {
    const box = boxWith({ XDG_CACHE_HOME: folder });
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
    const cached = (...path: string[]) => {
      const at = join(box.home, 'cache', ...path);
      mkdirSync(join(at, '..'), { recursive: true });
      writeFileSync(at, 'x'.repeat(100));
      return at;
    };
    const { client } = await box.up();
    const run = await client.createRun({ experimentId: '0', runName: 'r', startTime: 1, tags: {} });
    await client.createRegisteredModel('m');
    await client.createModelVersion({
      name: 'm',
      runId: run.info.runId,
      source: `${run.info.artifactUri}/model`,
    });
    const stale = ['a'.repeat(32), `${run.info.runId}.8e9d3f7c-half-a-download`];
    for (const name of [...stale, run.info.runId]) utimesSync(cached('models', name), old, old);
    cached('models', 'fresh');
    utimesSync(cached('datasets', 'd1'), old, old);
    const encoders = join(folder, 'gridsearch', 'encoders');
    const [half, fresh] = ['e-1.unpacking-a', 'e-1.unpacking-b'];
    for (const name of ['e-1', half, fresh]) mkdirSync(join(encoders, name), { recursive: true });
    for (const name of ['e-1', half]) utimesSync(join(encoders, name), old, old);
    const { cache } = await box.json<Document>('gc');
    expect(cache).toEqual({
      models: expect.arrayContaining(stale),
      datasets: ['d1'],
      encoders: [half],
      bytes: expect.any(Number),
    });
    // Folders have no size on some file systems, and some on others.
    expect(cache.bytes).toBeGreaterThanOrEqual(300);
    expect(readdirSync(encoders).sort()).toEqual(['e-1', fresh]);
    expect(readdirSync(join(box.home, 'cache', 'models')).sort()).toEqual([run.info.runId, 'fresh'].sort());
  });

  test('leaves the data files while a search is under way', { timeout: 60_000 }, async ({ box }) => {
    const { client } = await box.up();
    const tags = { 'gridsearch.role': 'parent', 'gridsearch.search_id': 's-1' };
    await client.createRun({ experimentId: '0', runName: 's', startTime: 1, tags });
    const file = join(box.home, 'cache', 'datasets', 'd1');
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, 'rows');
    utimesSync(file, new Date(0), new Date(0));
    expect((await box.json<Document>('gc')).cache.datasets).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  test('leaves another server alone', { timeout: 60_000 }, async ({ boxWith, tracking }) => {
    const run = await fullRun(tracking, '0');
    await tracking.client.deleteRun(run.info.runId);
    const { code, stdout, stderr } = await boxWith({ MLFLOW_TRACKING_URI: tracking.uri }).run('gc');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('MLFLOW_TRACKING_URI names another server');
    expect(stdout).toBe('Removed 0 cached models and 0 cached data files: 0.0 MB.\n');
    expect((await tracking.client.getRun(run.info.runId)).info.runId).toBe(run.info.runId);
  });

  test.for(['', '30', '3x', '-1d', '1.2.3d', '1d 2h'])('refuses --older-than "%s"', async (age, { box }) => {
    const { code, stderr } = await box.run('gc', `--older-than=${age}`);
    expect(code).toBe(2);
    expect(stderr).toContain('--older-than <age>');
    expect(stderr).toContain('Give days, hours, minutes and seconds, such as 30d, 1d12h or 90s.');
  });
});

test('what was deleted before the database knew when, was deleted when it learned to tell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gs-upgrade-'));
  const path = join(folder, 'tracking.db');
  const before = new DatabaseSync(path);
  before.exec(MIGRATIONS[0]!);
  before.exec(`PRAGMA user_version = 1;
    INSERT INTO experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', 1, 1);
    INSERT INTO runs VALUES (1, 'old', 0, 'n', 'u', 'FINISHED', 1, 2, 'mlflow-artifacts:/0/old/artifacts', 'deleted');`);
  before.close();
  const started = Math.floor(Date.now() / 1000) * 1000;
  const db = openDatabase(path);
  expect(purgeStore(db).look(started - 1).runs).toEqual([]);
  expect(purgeStore(db).look(Date.now()).runs).toEqual(['old']);
  db.close();
  rmSync(folder, { recursive: true });
});
