/** What the embedded server does to the disk, and what it says when there is none left. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';

const PROGRAM = `
  const { startTrackingServer } = await import(${JSON.stringify(resolve('dist/tracking/server/index.js'))});
  const server = await startTrackingServer({ dataDir: process.argv[1] });
  process.stdout.write(server.uri + '\\n');
`;

describe('the disk under the embedded server', () => {
  let dataDir: string;
  let open: { close: () => Promise<unknown> }[];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tracking-disk-'));
    open = [];
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const one of open.reverse()) await one.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (folder = dataDir): Promise<TrackingServer> => {
    const server = await startTrackingServer({ dataDir: folder });
    open.push(server);
    return server;
  };
  const startChild = async (): Promise<{ uri: string; kill: () => Promise<void> }> => {
    const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    open.push({ close: kill });
    const [uri] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
    return { uri: uri.toString().trim(), kill };
  };
  const post = (uri: string, path: string, body: object) =>
    fetch(`${uri}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const newRun = async (uri: string): Promise<string> => {
    const answer = await post(uri, 'runs/create', { experiment_id: '0', start_time: 1 });
    const { run } = (await answer.json()) as { run: { info: { run_id: string } } };
    return run.info.run_id;
  };
  /** Some 600 kB. */
  const logMuch = (uri: string, runId: string, batch: number) =>
    post(uri, 'runs/log-batch', {
      run_id: runId,
      params: Array.from({ length: 100 }, (_, index) => ({
        key: `p${batch}-${index}`,
        value: 'x'.repeat(6000),
      })),
    });
  const artifact = (uri: string, path: string) => `${uri}/api/2.0/mlflow-artifacts/artifacts/${path}`;
  const strays = (folder = dataDir) =>
    readdirSync(join(folder, 'artifacts')).filter((name) => name.startsWith('.uploading-'));
  const logBytes = () => statSync(join(dataDir, 'tracking.db-wal'), { throwIfNoEntry: false })?.size ?? 0;

  /** Sends the head of a file, and keeps the rest to itself. */
  const beginUpload = async (uri: string, path: string) => {
    const { hostname, port, pathname } = new URL(artifact(uri, path));
    const upload = request({
      hostname,
      port,
      path: pathname,
      method: 'PUT',
      headers: { 'content-length': 10 },
    });
    upload.on('error', () => undefined);
    upload.write('hello');
    await expect.poll(() => strays().length, { timeout: 10_000 }).toBeGreaterThan(0);
    return upload;
  };

  const small = mkdtempSync(join(tmpdir(), 'tracking-small-'));
  const mayMount =
    process.getuid?.() === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]).status === 0 &&
    spawnSync('umount', [small]).status === 0;
  rmSync(small, { recursive: true });

  it.skipIf(!mayMount)(
    `answers 503 and leaves nothing behind when it is full${mayMount ? '' : ' (mount needs root)'}`,
    async () => {
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir]).status).toBe(0);
      open.push({ close: async () => expect(spawnSync('umount', ['-l', dataDir]).status).toBe(0) });
      const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const filler = join(dataDir, 'filler');
      writeFileSync(filler, Buffer.alloc(2_000_000));
      const { uri } = await start();
      const runId = await newRun(uri);
      const full = async (answer: Response) => {
        expect(answer.status).toBe(503);
        expect(await answer.json()).toEqual({
          error_code: 'TEMPORARILY_UNAVAILABLE',
          message: expect.stringMatching(/^the disk is full: /),
        });
      };

      await full(await fetch(artifact(uri, '0/model.bin'), { method: 'PUT', body: Buffer.alloc(7_000_000) }));
      expect(strays()).toEqual([]);
      expect(existsSync(join(dataDir, 'artifacts', '0'))).toBe(false);

      let batches = 0;
      let last: Response;
      do last = await logMuch(uri, runId, batches++);
      while (last.status === 200 && batches < 100);
      await full(last);
      // What was answered before is there, of the last batch nothing; and reading goes on.
      const run = await fetch(`${uri}/api/2.0/mlflow/runs/get?run_id=${runId}`);
      const { data } = ((await run.json()) as { run: { data: { params: unknown[] } } }).run;
      expect(data.params).toHaveLength(100 * (batches - 1));
      expect(printed).not.toHaveBeenCalled();

      rmSync(filler);
      expect((await logMuch(uri, runId, batches)).status).toBe(200);
    },
  );

  it('sweeps the uploads of a killed server at the start of the next, and no others', async () => {
    const killed = await startChild();
    await beginUpload(killed.uri, '0/of-the-killed.txt');
    await killed.kill();
    expect(strays()).toHaveLength(1);

    const living = await startChild();
    expect(strays()).toEqual([]);
    const upload = await beginUpload(living.uri, '0/of-the-living.txt');
    const { uri } = await start();
    expect(strays()).toHaveLength(1);

    const answered = once(upload, 'response');
    upload.end('world');
    await answered;
    expect(await (await fetch(artifact(uri, '0/of-the-living.txt'))).text()).toBe('helloworld');
    expect((await fetch(artifact(uri, '0/of-the-killed.txt'))).status).toBe(404);
    expect(strays()).toEqual([]);
  });

  it('sweeps what another machine began and forgot', async () => {
    mkdirSync(join(dataDir, 'artifacts'));
    const at = (name: string, minutes: number) => {
      const path = join(dataDir, 'artifacts', `.uploading-elsewhere.1.1.${name}`);
      writeFileSync(path, 'half');
      const time = Date.now() / 1000 - minutes * 60;
      utimesSync(path, time, time);
    };
    at('forgotten', 90);
    at('under-way', 1);
    await start();
    expect(strays()).toEqual(['.uploading-elsewhere.1.1.under-way']);
  });

  it('leaves nothing of an upload that broke off, and lets none in by such a name', async () => {
    const { uri } = await start();
    const upload = await beginUpload(uri, '0/broken.txt');
    upload.destroy();
    await expect.poll(strays, { timeout: 10_000 }).toEqual([]);
    expect((await fetch(artifact(uri, '0/broken.txt'))).status).toBe(404);
    for (const path of ['.uploading-x', '0/.uploading-x/y']) {
      const answer = await fetch(artifact(uri, path), { method: 'PUT', body: 'x' });
      expect(answer.status, path).toBe(400);
    }
  });

  it('cuts the log of the database when nobody writes, and that of a killed server at the start', async () => {
    const server = await startChild();
    const runId = await newRun(server.uri);
    for (let batch = 0; batch < 5; batch++)
      expect((await logMuch(server.uri, runId, batch)).status).toBe(200);
    expect(logBytes()).toBeGreaterThan(3_000_000);
    await expect.poll(logBytes, { timeout: 20_000 }).toBe(0);

    await logMuch(server.uri, runId, 5);
    await server.kill();
    expect(logBytes()).toBeGreaterThan(500_000);
    const { uri, close } = await startTrackingServer({ dataDir });
    expect(logBytes()).toBe(0);
    await logMuch(uri, runId, 6);
    await close();
    expect(logBytes()).toBe(0);
  });

  it('closes its folder and its database to others, also where they were there already', async () => {
    const mode = (...names: string[]) => (statSync(join(dataDir, ...names)).mode & 0o777).toString(8);
    const first = await startTrackingServer({ dataDir });
    await newRun(first.uri);
    await first.close();
    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, 'tracking.db'), 0o644);
    const { uri } = await start();
    await newRun(uri);
    expect(mode()).toBe('700');
    for (const name of readdirSync(dataDir).filter((one) => one.startsWith('tracking.db'))) {
      expect([name, mode(name)]).toEqual([name, '600']);
    }
  });

  it('does not close a folder that is for everybody', async () => {
    chmodSync(dataDir, 0o1777);
    await start();
    expect(statSync(dataDir).mode & 0o7777).toBe(0o1777);
  });
});
