/** Uploads in parts, as MLflow's clients make them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect } from 'vitest';
import { mlflowEnvironment, QUIET, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';
import { test } from '../support/test.js';

const TOKEN = 'let-me-in';
const AUTH = { Authorization: `Bearer ${TOKEN}` };
const python = mlflowEnvironment();

interface Created {
  readonly upload_id: string;
  readonly credentials: { url: string; part_number: number; headers: Record<string, string> }[];
}

describe('uploads in parts', () => {
  let server: TrackingServer;
  let strays: () => string[];
  let files: () => string[];
  const ask = (step: string, fields: object, at = '0/run/artifacts') =>
    fetch(`${server.uri}/api/2.0/mlflow-artifacts/mpu/${step}/${at}`, {
      method: 'POST',
      headers: { ...AUTH, 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
  const create = async (path: string, parts: number): Promise<Created> => {
    const response = await ask('create', { path, num_parts: parts });
    expect(response.status).toBe(200);
    return (await response.json()) as Created;
  };
  /** As MLflow's client: to the address and with the headers that it was given, and no others. */
  const send = ({ credentials }: Created, number: number, body: string) => {
    const { url, headers } = credentials[number - 1]!;
    return fetch(url, { method: 'PUT', headers, body });
  };
  const etagOf = (response: Response) => response.headers.get('etag');
  const read = async (path: string) =>
    (await fetch(`${server.uri}/api/2.0/mlflow-artifacts/artifacts/${path}`, { headers: AUTH })).text();

  afterEach(async () => server.close());
  const start = async (dataDir: string, maxArtifactBytes = 1000) => {
    server = await startTrackingServer({ dataDir, auth: { token: TOKEN }, maxArtifactBytes });
    const names = () => readdirSync(join(dataDir, 'artifacts'), { recursive: true }) as string[];
    strays = () => names().filter((name) => name.includes('.uploading-'));
    files = () => names().filter((name) => name.endsWith('.bin'));
  };

  test('are whole or not there, in whatever order the parts come, and however often it is asked', async ({
    folder,
  }) => {
    await start(folder);
    const upload = await create('/home/me/big.bin', 3);
    expect(upload.credentials.map(({ part_number }) => part_number)).toEqual([1, 2, 3]);
    const etags: (string | null)[] = [];
    for (const number of [3, 1, 2]) {
      etags[number] = etagOf(await send(upload, number, `part ${number}.`));
    }
    // Sent again, as after an answer that was lost.
    expect(etagOf(await send(upload, 2, 'part 2.'))).toBe(etags[2]);
    expect(files()).toEqual([]);
    expect(await read('0/run/artifacts/big.bin')).toContain('RESOURCE_DOES_NOT_EXIST');
    const parts = [1, 2, 3].map((number) => ({ part_number: number, etag: etags[number] }));
    const all = { path: '/home/me/big.bin', upload_id: upload.upload_id, parts };
    const twice = await Promise.all([ask('complete', all), ask('complete', all)]);
    expect([...twice, await ask('complete', all)].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await read('0/run/artifacts/big.bin')).toBe('part 1.part 2.part 3.');
    expect(strays()).toEqual([]);
  });

  test('are given up whole, and refused where they are not what was opened', async ({ folder }) => {
    await start(folder);
    const upload = await create('big.bin', 2);
    const id = upload.upload_id;
    const etag = etagOf(await send(upload, 1, 'one'));
    const parts = (second: object) => [
      { part_number: 1, etag },
      { part_number: 2, ...second },
    ];
    const refusals: [string, object, string?][] = [
      ['create', { path: 'x.bin', num_parts: 0 }],
      ['create', { path: 'x.bin', num_parts: 10_001 }],
      ['create', { path: 'x.bin' }],
      ['create', { path: '..', num_parts: 1 }],
      ['create', { path: 'x.bin', num_parts: 1 }, '..%2f..%2fetc'],
      ['create', { path: 'x.bin', num_parts: 1 }, '%252e%252e/etc'],
      ['create', { path: '.uploading-x', num_parts: 1 }, ''],
      ['complete', { path: 'big.bin', upload_id: id, parts: parts({ etag: '"no"' }) }],
      ['complete', { path: 'big.bin', upload_id: id, parts: [{ part_number: 1, etag }] }],
      ['complete', { path: 'other.bin', upload_id: id, parts: parts({ etag: '' }) }],
      ['complete', { path: 'big.bin', upload_id: id, parts: 'all' }],
      ['complete', { path: 'big.bin' }],
    ];
    for (const [step, fields, at] of refusals) {
      const response = await ask(step, fields, at);
      expect(response.status, `${step} ${JSON.stringify(fields)} ${await response.text()}`).toBe(400);
    }
    const url = (number: string) => upload.credentials[0]!.url.replace(/1$/, number);
    for (const [to, status] of [
      [url('3'), 400],
      [url('0'), 400],
      [url('x'), 400],
      [url('1').replace(id, 'f'.repeat(32)), 404],
    ] as const) {
      expect((await fetch(to, { method: 'PUT', headers: AUTH, body: 'x' })).status, to).toBe(status);
    }
    expect((await fetch(url('1'), { method: 'PUT', body: 'x' })).status).toBe(401);
    // 1,000 bytes are the limit, of all parts together.
    expect((await send(upload, 2, 'x'.repeat(998))).status).toBe(413);
    for (let time = 0; time < 2; time++) {
      expect((await ask('abort', { path: 'big.bin', upload_id: id })).status).toBe(200);
    }
    expect((await send(upload, 2, 'late')).status).toBe(404);
    expect((await ask('complete', { path: 'big.bin', upload_id: id, parts: [] })).status).toBe(404);
    expect([strays(), files()]).toEqual([[], []]);
    // So many at once, and no more.
    for (let count = 0; count < 100; count++) await create(`${count}.bin`, 1);
    expect((await ask('create', { path: 'more.bin', num_parts: 1 })).status).toBe(503);
  });

  test('of a killed server are swept by the next', async ({ folder }) => {
    const program = `
      const { startTrackingServer } = await import(${JSON.stringify(resolve('dist/tracking/server/index.js'))});
      const { uri } = await startTrackingServer({ dataDir: process.argv[1], auth: { token: '${TOKEN}' } });
      process.stdout.write(uri + '\\n');`;
    const killed = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(killed, 'exit');
    const [line] = (await once(killed.stdout!, 'data')) as [Buffer];
    server = { uri: String(line).trim(), close: async () => undefined };
    await send(await create('big.bin', 2), 1, 'one');
    killed.kill('SIGKILL');
    await ended;
    expect(readdirSync(join(folder, 'artifacts')).some((name) => name.startsWith('.uploading-'))).toBe(true);
    await start(folder);
    expect(strays()).toEqual([]);
  });

  test.skipIf(!python)(
    `of MLflow's Python client arrive${python ? '' : ` (${WHY_SKIPPED})`}`,
    { timeout: 60_000 },
    async ({ folder }) => {
      await start(folder, 2 ** 30);
      const script = `
import os, sys, mlflow
from mlflow import MlflowClient
mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()
run = client.create_run("0").info.run_id
data = os.urandom(3_500_000)
path = os.path.join(sys.argv[2], "big.bin")
open(path, "wb").write(data)
client.log_artifact(run, path, "sub folder")
got = client.download_artifacts(run, "sub folder/big.bin", sys.argv[2])
assert open(got, "rb").read() == data
print("same")`;
      const { stdout } = await promisify(execFile)(python!.python, ['-c', script, server.uri, folder], {
        env: {
          ...process.env,
          ...QUIET,
          MLFLOW_TRACKING_TOKEN: TOKEN,
          MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: 'true',
          MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: '1',
          MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: '1000000',
        },
      });
      expect(stdout).toContain('same');
      expect(strays()).toEqual([]);
    },
  );
});
