/** The real command line in real child processes, on a data directory of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/orchestrator/cli/main.js', import.meta.url));

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

export interface Sandbox {
  readonly home: string;
  start(...args: string[]): Started;
  run(...args: string[]): Promise<Ended>;
  /** Kills what still runs and removes the data directory. */
  dispose(): Promise<void>;
}

/** A fresh data directory. The environment names no servers of the developer's own. */
export function sandbox(env: Record<string, string> = {}, main = MAIN): Sandbox {
  const home = mkdtempSync(join(tmpdir(), 'gs-'));
  const running = new Set<ChildProcess>();
  const { REDIS_URL: _, MLFLOW_TRACKING_URI: __, ...inherited } = process.env;
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
  return {
    home,
    start,
    run: (...args) => start(...args).ended,
    dispose: async () => {
      const left = [...running];
      for (const child of left) child.kill('SIGTERM');
      await Promise.all(
        left.map((child) =>
          Promise.race([once(child, 'close'), sleep(10_000).then(() => child.kill('SIGKILL'))]),
        ),
      );
      // Whoever was killed could not stop the private Redis: a clean process joins and stops it as the last to leave.
      await start('status').ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition, not for a time. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false>,
  ms = 60_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await sleep(50);
  }
}
