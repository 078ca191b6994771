/** Starts a real `mlflow server` on SQLite, for tests and benchmarks that hold ours beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The private environment that `setup/mlflow.sh` makes; undefined when it is not there.
 *
 * @throws Error instead where `CI` is set: it is installed there first, and a proof that is skipped proves nothing.
 */
export function mlflowEnvironment(): { python: string; mlflow: string } | undefined {
  const venv = process.env.MLFLOW_VENV ?? resolve('.venv/mlflow');
  const bin = join(venv, 'bin');
  const found = { python: join(bin, 'python'), mlflow: join(bin, 'mlflow') };
  if (existsSync(found.mlflow)) return found;
  if (process.env.CI) throw new Error(`CI is set, but ${WHY_SKIPPED}`);
  return undefined;
}

/** Said by every test that is skipped for want of it. */
export const WHY_SKIPPED = "no mlflow here: run 'sh setup/mlflow.sh' to compare with the real server";

/** Without update checks, telemetry and background jobs: they are not what is compared. */
export const QUIET = {
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts the server in `folder`; resolves when it answers. */
export async function startRealServer(
  mlflow: string,
  folder: string,
): Promise<{ uri: string; close: () => Promise<void> }> {
  const port = await freePort();
  const args = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  args.push('--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`);
  args.push('--artifacts-destination', join(folder, 'mlartifacts'));
  // A group of its own: the command starts server processes, and all of them have to end with it.
  const child = spawn(mlflow, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET },
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'exit');
  const close = async () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  const uri = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 90_000; ; await delay(200)) {
    const answer = await fetch(`${uri}/health`).catch(() => undefined);
    if (answer?.ok) return { uri, close };
    if (child.exitCode !== null || Date.now() > deadline) {
      await close();
      throw new Error(`mlflow server did not start:\n${output}`);
    }
  }
}
