/**
 * Child processes that jobs are carried out in. Training blocks the thread it runs on: in a process of its own it can neither keep
 * locks from being renewed nor take the worker down with it. BullMQ's own pool is not used, because a child that dies while it
 * loads leaves the job that waits for it waiting for ever there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerPayload } from '../queue/index.js';
import { isOutgrown, watchLimits } from './limits.js';
import { type Ending, type JobAttempt, type ToChild, type TrackingPlace, toParent } from './messages.js';
import { residentMemory } from './resident-memory.js';

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
  /** The process that has it. */
  onProcess(pid: number): void;
  onWaiting(reason: string): void;
}

/** How a job ended, and one more way: it took more than it may, and its process was ended for it. */
export type JobEnding = Ending | { readonly kind: 'over its limit'; readonly reason: string };

export interface Pool {
  /**
   * Carries a job out in a child process that is free, or in a new one.
   *
   * @throws ChildLoadError when the new one could not load
   */
  run(job: PooledJob): Promise<JobEnding>;
  /** Ids of the children. */
  processes(): number[];
  /** What they train with, in words; unknown before one has loaded. */
  engine(): string | undefined;
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
  /** Bytes that children took once they had loaded. */
  const fresh = new WeakMap<ChildProcess, number>();
  let engine: string | undefined;

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
        if (message.type === 'loaded') {
          engine = message.engine;
          settle();
        }
        if (message.type === 'load failed') settle(new Error(message.reason));
      };
      const left = (code: number | null, signal: string | null): void =>
        settle(new Error(`a training process ${endedBy(code, signal)} while it loaded`));
      child.on('message', heard).on('exit', left).on('error', settle);
    });
    child.on('error', () => undefined);
    fresh.set(child, (await residentMemory(child.pid!)) ?? 0);
    return child;
  }

  const end = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    await ended(child);
  };

  /** One that is free and not too large for the job, or a new one. */
  async function suited(payload: WorkerPayload): Promise<ChildProcess> {
    for (let child = free.pop(); child !== undefined; child = free.pop()) {
      if (!(await isOutgrown(payload, child.pid!, fresh.get(child)!))) return child;
      await end(child);
    }
    return grown();
  }

  return {
    async run(job) {
      const child = await suited(job.payload);
      job.onProcess(child.pid!);
      const ending = await inChild(child, job);
      if (ending?.kind === 'over its limit') {
        await ended(child);
        return ending;
      }
      if (ending !== undefined) {
        free.push(child);
        return ending;
      }
      await ended(child);
      return job.signal.aborted
        ? { kind: 'handed back' }
        : { kind: 'failed', reason: `its process ${endedBy(child.exitCode, child.signalCode)}` };
    },
    processes: () => [...all].flatMap(({ pid }) => pid ?? []),
    engine: () => engine,
    close: async () => {
      await Promise.all([...all].map(end));
    },
  };
}

/** How the job ended; undefined when its process did. */
async function inChild(child: ChildProcess, job: PooledJob): Promise<JobEnding | undefined> {
  const { payload, attempt, tracking, signal } = job;
  const say = (message: ToChild): void => {
    // It may be gone already; its end is heard of elsewhere.
    if (child.connected) child.send(message, () => undefined);
  };
  /** What the job took too much of. */
  let excess: string | undefined;
  const watch = watchLimits(payload, child.pid!, (reason) => {
    excess = reason;
    child.kill('SIGKILL');
  });
  let killer: NodeJS.Timeout | undefined;
  const putDown = (): void => {
    say({ type: 'cancel' });
    killer = setTimeout(() => child.kill('SIGKILL'), PUT_DOWN_WITHIN);
  };
  signal.addEventListener('abort', putDown, { once: true });
  try {
    return await new Promise<JobEnding | undefined>((resolve) => {
      const settle = (ending?: JobEnding): void => {
        child.off('message', heard).off('exit', left);
        resolve(ending);
      };
      const left = (): void =>
        settle(excess === undefined ? undefined : { kind: 'over its limit', reason: excess });
      const heard = (raw: unknown): void => {
        // Its process is about to end: what it still says comes too late.
        if (excess !== undefined) return;
        const message = toParent.safeParse(raw);
        // It says what nobody understands: as one that is broken.
        if (!message.success) return void child.kill('SIGKILL');
        if (message.data.type === 'still held?') {
          job.stillHeld().then(
            (held) => say({ type: 'held', held }),
            // Redis can't be asked now: whether the result counts is asked again when it is handed in.
            () => say({ type: 'held', held: true }),
          );
        } else if (message.data.type === 'training') watch.training(message.data.now);
        else if (message.data.type === 'waiting') job.onWaiting(message.data.reason);
        else if (message.data.type === 'ended') settle(message.data.ending);
      };
      child.on('message', heard).on('exit', left);
      if (child.exitCode !== null || child.signalCode !== null) return settle();
      say({ type: 'job', payload, attempt, tracking });
      if (signal.aborted) putDown();
    });
  } finally {
    watch.stop();
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
