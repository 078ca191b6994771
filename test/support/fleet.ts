/**
 * A search's processes on one data directory, each of which may be killed or frozen: orchestrators and workers of the real command
 * line, with a tracking server of the test's own behind a proxy.
 */
import type { Sandbox, Started } from './cli.js';
import { processesOf } from './processes.js';

export interface Fleet {
  readonly orchestrators: Started[];
  readonly workers: Started[];
}

/** Starts orchestrators without training processes, and workers of one fold at a time. */
export async function startFleet(
  box: Sandbox,
  { orchestrators, workers }: { orchestrators: number; workers: number },
): Promise<Fleet> {
  return {
    orchestrators: await Promise.all(Array.from({ length: orchestrators }, () => startOrchestrator(box))),
    workers: await Promise.all(Array.from({ length: workers }, () => box.worker(1))),
  };
}

export async function startOrchestrator(box: Sandbox): Promise<Started> {
  const started = box.start('up', '--port', '0', '--json');
  await started.firstLine;
  return started;
}

/** Training processes, by the pid of their worker. */
export const trainersOf = (home: string, parent?: number): number[] =>
  processesOf(home)
    .filter(
      ({ command, ppid }) => command.includes('bundle/entry.js') && (parent === undefined || ppid === parent),
    )
    .map(({ pid }) => pid);

/** Sends a signal to processes that may have ended meanwhile. */
export function signal(name: NodeJS.Signals, ...pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended.
    }
  }
}
