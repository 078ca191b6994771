/** The real command line in real child processes, on a data directory of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { DOCUMENTS, type DocumentName } from '../../orchestrator/cli/documents/index.js';
import { connectRedis } from '../../queue/index.js';
import { createTrackingClient, type TrackingClient } from '../../tracking/client/index.js';
import { expectNoneLeft } from './processes.js';
import type { Submitted } from './runs.js';

const MAIN = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** First line on standard output. */
  readonly firstLine: Promise<string>;
  /** What it has written to standard error so far. */
  stderr(): string;
  readonly ended: Promise<Ended>;
}

export interface Up extends Started {
  readonly client: TrackingClient;
  readonly trackingUri: string;
}

export interface Sandbox {
  readonly home: string;
  start(...args: string[]): Started;
  run(...args: string[]): Promise<Ended>;
  /** The document that a command prints with `--json`, held to its schema; the exit code must be 0. */
  json<T>(...args: string[]): Promise<T>;
  submit(file: string, ...options: string[]): Promise<Submitted>;
  /** `up` on a free port, once it is up. */
  up(...args: string[]): Promise<Up>;
  /** `worker`, once it takes folds. */
  worker(concurrency: number): Promise<Started>;
  /**
   * Stops what still runs and removes the data directory.
   *
   * @throws Error when a process did not stop when told to, or left another behind
   */
  dispose(): Promise<void>;
}

/** A fresh data directory. The environment names no servers of the developer's own. */
export function sandbox(env: Record<string, string> = {}, main = MAIN): Sandbox {
  const home = mkdtempSync(join(tmpdir(), 'gs-'));
  const running = new Set<ChildProcess>();
  const { REDIS_URL: _, MLFLOW_TRACKING_URI: __, ...inherited } = process.env;
  let killed = false;
  const start = (...args: string[]): Started => {
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, GRIDSEARCH_HOME: home, ...env },
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('exit', (_, signal) => {
      killed ||= signal === 'SIGKILL';
    });
    const ended = once(child, 'close').then(([code]) => {
      running.delete(child);
      return { code: code as number | null, stdout, stderr };
    });
    const firstLine = Promise.race([
      once(createInterface(child.stdout), 'line').then(([line]) => line as string),
      ended.then((end) => {
        throw new Error(`ended with ${end.code} before it printed a line: ${end.stderr}`);
      }),
    ]);
    firstLine.catch(() => undefined);
    return { child, firstLine, stderr: () => stderr, ended };
  };
  const run = (...args: string[]): Promise<Ended> => start(...args).ended;
  const json = async <T>(...args: string[]): Promise<T> => {
    const end = await run(...args, '--json');
    expect(end.code, `${args.join(' ')}: ${end.stderr}`).toBe(0);
    const document: unknown = JSON.parse(end.stdout);
    DOCUMENTS[documentName(args)].schema.parse(document);
    return document as T;
  };
  return {
    home,
    start,
    run,
    json,
    submit: (file, ...options) => json('submit', file, ...options),
    up: async (...args) => {
      const started = start('up', '--port', '0', '--json', ...args);
      const { trackingUri } = DOCUMENTS.up.schema.parse(JSON.parse(await started.firstLine));
      return { ...started, trackingUri, client: createTrackingClient({ uri: trackingUri }) };
    },
    worker: async (concurrency) => {
      const started = start('worker', '--concurrency', String(concurrency), '--json');
      DOCUMENTS.worker.schema.parse(JSON.parse(await started.firstLine));
      return started;
    },
    dispose: async () => {
      const stubborn = (await Promise.all([...running].map(stop))).filter((name) => name !== undefined);
      // The last to leave stops the private Redis; one that was killed could not.
      if (killed) await stopRedis(join(home, 'redis.sock'));
      try {
        await expectNoneLeft(home);
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
      if (stubborn.length > 0) throw new Error(`did not stop at SIGTERM: ${stubborn.join('; ')}`);
    },
  };
}

/** The document that a command promises. */
function documentName([command, second, third]: readonly string[]): DocumentName {
  if (command === 'show' && third !== undefined && !third.startsWith('-'))
    return third.includes('-fold-') ? 'show-fold' : 'show-child';
  if (command === 'predict' && /^[\w-]+[@/]\w+$/.test(third ?? '')) return 'predict-several';
  if (command === 'resume') return 'run';
  if (command === 'status') return second === undefined ? 'status-list' : 'status';
  if (command === 'workers') return second === 'drain' ? 'workers-drain' : 'workers';
  if (command !== 'models') return command as DocumentName;
  if (second === 'promote' || second === 'rollback') return 'models-champion';
  return second === 'compare' ? 'models-compare' : 'models';
}

/** Stops a command; returns what it was when it had to be killed. */
async function stop(child: ChildProcess): Promise<string | undefined> {
  // Its output may still be open: then a process that it left behind holds it.
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const exited = once(child, 'exit');
  const patience = new AbortController();
  const waited = sleep(15_000, 'waited' as const, { signal: patience.signal }).catch(() => 'exited' as const);
  child.kill('SIGTERM');
  const first = await Promise.race([exited, waited]);
  patience.abort();
  if (first !== 'waited') return undefined;
  child.kill('SIGKILL');
  await exited;
  return child.spawnargs.slice(2).join(' ');
}

async function stopRedis(socket: string): Promise<void> {
  if (!existsSync(socket)) return;
  const redis = connectRedis(`unix://${socket}`, { retryStrategy: () => null, enableReadyCheck: false });
  // It ends the connection instead of answering.
  await redis.shutdown('NOSAVE').catch(() => undefined);
  redis.disconnect();
}
