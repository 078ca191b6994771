/**
 * What a job may take of time and memory. Watched from the worker's own process: training blocks the thread it runs on, so that
 * the child can neither look at a clock nor stop.
 */
import type { WorkerPayload } from '../queue/index.js';
import { residentMemory } from './resident-memory.js';

/** How often memory is looked at, in ms. */
const LOOK_EVERY = 250;

export interface Watch {
  /** Training begins, or is over. */
  training(now: boolean): void;
  stop(): void;
}

/**
 * Watches the process of a job.
 *
 * @param onOver - Called once, with what was too much.
 */
export function watchLimits(payload: WorkerPayload, pid: number, onOver: (reason: string) => void): Watch {
  const { seconds, bytes } = payload.context.limits ?? {};
  let clock: NodeJS.Timeout | undefined;
  let looks: NodeJS.Timeout | undefined;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    clearTimeout(clock);
    clearInterval(looks);
  };
  const over = (reason: string): void => {
    stop();
    onOver(reason);
  };
  if (bytes !== undefined) {
    looks = setInterval(async () => {
      const taken = await residentMemory(pid);
      // By then the process may be at another job.
      if (taken === undefined || taken <= bytes || stopped) return;
      over(`its process took ${inMegabytes(taken)} of memory, more than max_memory (${inMegabytes(bytes)})`);
    }, LOOK_EVERY);
  }
  return {
    training: (now) => {
      clearTimeout(clock);
      // A refit has all rows to learn from, and is what the search was for.
      if (!now || seconds === undefined || payload.kind === 'refit') return;
      clock = setTimeout(
        () => over(`it trained for longer than trial_timeout (${seconds} s)`),
        Math.min(seconds * 1000, LONGEST_TIMER),
      );
    },
    stop,
  };
}

/** A timer of more ms goes off at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

/**
 * Whether a process that has done other jobs is too large to be fair to this one: what those left behind must not fail it.
 *
 * @param fresh - What it took before its first job, in bytes.
 */
export async function isOutgrown(payload: WorkerPayload, pid: number, fresh: number): Promise<boolean> {
  const { bytes } = payload.context.limits ?? {};
  if (bytes === undefined) return false;
  // Half of the room that a new process would have.
  return ((await residentMemory(pid)) ?? 0) > fresh + Math.max(0, bytes - fresh) / 2;
}
