/** Tracking under kill -9 and under several server processes at once. The servers are real child processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTrackingClient, type TrackingClient } from '../../tracking/client/index.js';

const SERVER = resolve('dist/tracking/server/index.js');
const DATABASE = resolve('dist/tracking/server/store/database.js');
const PROGRAM = `
  const { startTrackingServer } = await import(${JSON.stringify(SERVER)});
  const server = await startTrackingServer({ dataDir: process.argv[1] });
  process.stdout.write(server.uri + '\\n');
`;

const running = new Set<ChildProcess>();

async function startChild(dataDir: string): Promise<{ uri: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const [uri] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    uri: uri.toString().trim(),
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      running.delete(child);
    },
  };
}

describe('tracking in several lives', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tracking-faults-'));
  });
  afterEach(async () => {
    const left = [...running];
    running.clear();
    const alive = left.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    await Promise.all(
      alive.map((child) => {
        child.kill('SIGKILL');
        return once(child, 'exit');
      }),
    );
    // A server that nobody killed has no reason to end.
    expect(left.length - alive.length).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps every acknowledged write over 20 kills under load', async () => {
    const points = new Map<string, Set<number>>();
    const params = new Map<string, string>();
    const artifacts = new Map<string, string>();

    for (let life = 0; life < 20; life++) {
      const server = await startChild(dataDir);
      const abort = new AbortController();
      const client = createTrackingClient({ uri: server.uri, signal: abort.signal });
      const experiment = await client.getOrCreateExperiment('durability');
      let alive = true;
      let steps = 0;
      // Enough for writes of every kind to be under way, never twice the same.
      const enough = 15 + ((life * 37) % 40);
      let struck = (): void => undefined;
      const strike = new Promise<void>((resolve) => {
        struck = resolve;
      });
      const writer = async (name: string) => {
        const run = await client.createRun({
          experimentId: experiment,
          runName: name,
          startTime: 1,
          tags: {},
        });
        const { runId } = run.info;
        const seen = new Set<number>();
        points.set(runId, seen);
        for (let step = 0; alive; step++) {
          const metrics = [{ key: 'm', value: step, timestamp: step, step }];
          await client.logBatch(runId, { metrics, ...(step === 0 ? { params: { name } } : {}) });
          seen.add(step);
          if (step === 0) params.set(runId, name);
          if (step % 5 === 4) {
            await client.uploadArtifact(run, `a/${step}.txt`, Buffer.from(`${name} ${step}`));
            artifacts.set(`${runId} a/${step}.txt`, `${name} ${step}`);
          }
          if (++steps === enough) struck();
        }
      };
      const writers = [0, 1, 2].map((index) => writer(`${life}-${index}`).catch(() => undefined));
      await strike;
      await delay(life % 4);
      await server.kill();
      alive = false;
      abort.abort();
      await Promise.all(writers);
    }

    const server = await startChild(dataDir);
    const client = createTrackingClient({ uri: server.uri });
    let found = 0;
    for (const [runId, acknowledged] of points) {
      const history = new Set((await client.metricHistory(runId, 'm')).map(({ step }) => step));
      for (const step of acknowledged) expect(history.has(step), `${runId} step ${step}`).toBe(true);
      found += acknowledged.size;
      const run = await client.getRun(runId);
      if (params.has(runId)) expect(run.params).toEqual({ name: params.get(runId) });
      // The latest value is never behind the history: both are written together, or neither is.
      if (history.size > 0) expect(run.metrics.m).toBe(Math.max(...history));
    }
    for (const [key, content] of artifacts) {
      const [runId, path] = key.split(' ') as [string, string];
      expect((await client.downloadArtifact(await client.getRun(runId), path)).toString()).toBe(content);
    }
    expect(found).toBeGreaterThan(20);
    expect(params.size).toBeGreaterThan(5);
    expect(artifacts.size).toBeGreaterThan(5);
    await server.kill();
  }, 120_000);

  it('opens a new file in several processes at the same moment', async () => {
    const program = `
      const { openDatabase } = await import(${JSON.stringify(DATABASE)});
      process.stdout.write('ready');
      process.stdin.once('data', (start) => {
        for (let file = 0; file < 40; file++) {
          while (Date.now() < Number(start) + file * 60);
          openDatabase(process.argv[1] + '/' + file + '.db').close();
        }
        process.exit(0);
      });
    `;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const ends = children.map((child) => once(child, 'exit'));
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    for (const child of children) child.stdin.write(String(Date.now() + 100));
    expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0, 0, 0, 0]);
  });

  it('takes writes through two processes on one file at once', async () => {
    const servers = await Promise.all([startChild(dataDir), startChild(dataDir)]);
    const clients = servers.map(({ uri }) => createTrackingClient({ uri, concurrency: 16 }));
    const [first, second] = clients as [TrackingClient, TrackingClient];
    const ids = await Promise.all(clients.map((client) => client.getOrCreateExperiment('shared')));
    expect(ids[0]).toBe(ids[1]);
    const experimentId = ids[0] as string;
    const run = await first.createRun({ experimentId, runName: 'shared', startTime: 1, tags: {} });

    await Promise.all(
      clients.flatMap((client, side) =>
        Array.from({ length: 100 }, async (_, index) => {
          await client.logBatch(run.info.runId, {
            metrics: [{ key: `m${side}`, value: index, timestamp: index, step: index }],
            tags: { [`t${side}.${index}`]: index },
          });
          await client.createRun({ experimentId, runName: `${side}-${index}`, startTime: index, tags: {} });
        }),
      ),
    );
    const [seen, other] = await Promise.all([first.getRun(run.info.runId), second.getRun(run.info.runId)]);
    expect(seen).toEqual(other);
    expect(Object.keys(seen.tags).filter((key) => /^t[01]\./.test(key))).toHaveLength(200);
    expect(seen.metrics).toEqual({ m0: 99, m1: 99 });
    const page = await second.searchRunsPage({ experimentIds: [experimentId], maxResults: 1000 });
    expect(page.runs).toHaveLength(201);
    await Promise.all(servers.map(({ kill }) => kill()));
  });

  it('numbers model versions without gap or double when two processes register at once', async () => {
    const servers = await Promise.all([startChild(dataDir), startChild(dataDir)]);
    const clients = servers.map(({ uri }) => createTrackingClient({ uri }));
    const run = await clients[0]!.createRun({ experimentId: '0', runName: 'r', startTime: 1, tags: {} });
    await clients[0]!.createRegisteredModel('m');
    const source = `${run.info.artifactUri}/model`;
    const versions = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        clients[index % 2]!.createModelVersion({ name: 'm', source, runId: run.info.runId }),
      ),
    );
    expect(versions.map(({ version }) => Number(version)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    await Promise.all(servers.map(({ kill }) => kill()));
  });

  it('leaves no half-written artifact in sight when an upload breaks off', async () => {
    const server = await startChild(dataDir);
    const client = createTrackingClient({ uri: server.uri });
    const run = await client.createRun({ experimentId: '0', runName: 'r', startTime: 1, tags: {} });
    const { Readable } = await import('node:stream');
    const breaking = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000);
        throw new Error('the disk of the sender broke');
      })(),
    );
    await expect(client.uploadArtifact(run, 'half.bin', breaking)).rejects.toThrow();
    await expect(client.downloadArtifact(run, 'half.bin')).rejects.toMatchObject({ status: 404 });
    expect(await client.listArtifacts(run)).toEqual([]);
    await expect.poll(() => readdirSync(join(dataDir, 'artifacts'))).toEqual([]);
    await server.kill();
  });
});
