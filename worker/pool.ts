/**
 * Child processes that jobs are carried out in. Training blocks the thread it runs on: in a process of its own it can neither keep
 * locks from being renewed nor take the worker down with it. BullMQ's own pool is not used, because a child that dies while it
 * loads leaves the job that waits for it waiting for ever there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerPayload } from '../queue/index.js';
import { type Ending, type JobAttempt, type ToChild, type TrackingPlace, toParent } from './messages.js';

/** The child could not load what it needs, or died over it: no job has begun. */
export class ChildLoadError extends Error {
  override readonly name = 'ChildLoadError';
}

export interface PoolOptions {
  /** Module that child processes start in. */
  readonly entry: string;
  /** Module that handles jobs. */
  readonly processor: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface PooledJob {
  readonly payload: WorkerPayload;
  readonly attempt: JobAttempt;
  readonly tracking: TrackingPlace;
  /** Aborts when the job is to be put down. */
  readonly signal: AbortSignal;
  stillHeld(): Promise<boolean>;
  onWaiting(reason: string): void;
}

export interface Pool {
  /**
   * Carries a job out in a child process that is free, or in a new one.
   *
   * @throws ChildLoadError when the new one could not load
   */
  run(job: PooledJob): Promise<Ending>;
  /** Ends all children; those that are at work are killed. */
  close(): Promise<void>;
}

export const ENTRY = fileURLToPath(new URL('./entry.js', import.meta.url));
export const PROCESSOR = fileURLToPath(new URL('./processor.js', import.meta.url));

/** How long a child may take to put its job down, in ms; then it is killed. */
const PUT_DOWN_WITHIN = 10_000;

export function openPool({ entry, processor, env }: PoolOptions): Pool {
  const free: ChildProcess[] = [];
  const all = new Set<ChildProcess>();

  /** A child that has loaded. */
  async function grown(): Promise<ChildProcess> {
    const child = fork(entry, [processor], {
      // A group of its own: Ctrl-C in the terminal reaches the parent, which then decides what becomes of the jobs.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...env, GRIDSEARCH_PARENT: String(process.pid) },
    });
    all.add(child);
    child.once('exit', () => {
      all.delete(child);
      const at = free.indexOf(child);
      if (at >= 0) free.splice(at, 1);
    });
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error): void => {
        child.off('message', heard).off('exit', left).off('error', settle);
        if (error === undefined) resolve();
        else {
          child.kill('SIGKILL');
          reject(new ChildLoadError(error.message));
        }
      };
      const heard = (raw: unknown): void => {
        const message = toParent.parse(raw);
        if (message.type === 'loaded') settle();
        if (message.type === 'load failed') settle(new Error(message.reason));
      };
      const left = (code: number | null, signal: string | null): void =>
        settle(new Error(`a training process ${endedBy(code, signal)} while it loaded`));
      child.on('message', heard).on('exit', left).on('error', settle);
    });
    child.on('error', () => undefined);
    return child;
  }

  return {
    async run(job) {
      const child = free.pop() ?? (await grown());
      const ending = await inChild(child, job);
      if (ending !== undefined) {
        free.push(child);
        return ending;
      }
      await ended(child);
      return job.signal.aborted
        ? { kind: 'handed back' }
        : { kind: 'failed', reason: `its process ${endedBy(child.exitCode, child.signalCode)}` };
    },
    close: async () => {
      await Promise.all(
        [...all].map(async (child) => {
          child.kill('SIGKILL');
          await ended(child);
        }),
      );
    },
  };
}

/** How the job ended; undefined when its process did. */
async function inChild(child: ChildProcess, job: PooledJob): Promise<Ending | undefined> {
  const { payload, attempt, tracking, signal } = job;
  const say = (message: ToChild): void => {
    // It may be gone already; its end is heard of elsewhere.
    if (child.connected) child.send(message, () => undefined);
  };
  let killer: NodeJS.Timeout | undefined;
  const putDown = (): void => {
    say({ type: 'cancel' });
    killer = setTimeout(() => child.kill('SIGKILL'), PUT_DOWN_WITHIN);
  };
  signal.addEventListener('abort', putDown, { once: true });
  try {
    return await new Promise<Ending | undefined>((resolve) => {
      const settle = (ending?: Ending): void => {
        child.off('message', heard).off('exit', left);
        resolve(ending);
      };
      const left = (): void => settle();
      const heard = (raw: unknown): void => {
        const message = toParent.safeParse(raw);
        // It says what nobody understands: as one that is broken.
        if (!message.success) return void child.kill('SIGKILL');
        if (message.data.type === 'still held?') {
          job.stillHeld().then(
            (held) => say({ type: 'held', held }),
            // Redis can't be asked now: whether the result counts is asked again when it is handed in.
            () => say({ type: 'held', held: true }),
          );
        } else if (message.data.type === 'waiting') job.onWaiting(message.data.reason);
        else if (message.data.type === 'ended') settle(message.data.ending);
      };
      child.on('message', heard).on('exit', left);
      if (child.exitCode !== null || child.signalCode !== null) return settle();
      say({ type: 'job', payload, attempt, tracking });
      if (signal.aborted) putDown();
    });
  } finally {
    clearTimeout(killer);
    signal.removeEventListener('abort', putDown);
  }
}

const endedBy = (code: number | null, signal: string | null): string => {
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), as when memory runs out';
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
};

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
