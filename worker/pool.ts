/**
 * Child processes that jobs are carried out in. Training blocks the thread it runs on: in a process of its own it can neither keep
 * locks from being renewed nor take the worker down with it. BullMQ's own pool is not used, because a child that dies while it
 * loads leaves the job that waits for it waiting for ever there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerPayload } from '../queue/index.js';
import { inChild, type Member, memberOf } from './in-child.js';
import { isOutgrown } from './limits.js';
import { allToParent, type Ending, type JobAttempt, type TrackingPlace } from './messages.js';
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
  /** Child processes. */
  readonly size: number;
}

/** When a child was started, began to load, and had loaded, in ms as this process's `performance.now()` has them. */
export interface Loaded {
  readonly started: number;
  readonly loading: number;
  readonly loaded: number;
}

export interface PooledJob {
  readonly payload: WorkerPayload;
  readonly attempt: JobAttempt;
  readonly tracking: TrackingPlace;
  /** Aborts when the job is to be put down. */
  readonly signal: AbortSignal;
  stillHeld(): Promise<boolean>;
  /** Whether it may go on waiting for those before it, as nobody else is idle. */
  mayWait(): Promise<boolean>;
  /** A process is its own, or will be in a moment. */
  onTaken(): void;
  /** It is at hand, in this process. */
  onBegun(pid: number): void;
  /** It has no more to compute; what is written of it travels with the words of others, or by itself. */
  onWorked(together: boolean): void;
  onWaiting(reason: string): void;
}

/** How a job ended, and one more way: it took more than it may, and its process was ended for it. */
export type JobEnding = Ending | { readonly kind: 'over its limit'; readonly reason: string };

export interface Pool {
  /** Starts children before there are jobs for them, until there are so many, or all that there may be; they load meanwhile. */
  warm(count: number): void;
  /**
   * Carries a job out in a child process that is free, or in a new one, or behind the jobs of the one that has the fewest. There it waits
   * for its turn, and is handed back when another process may be idle meanwhile.
   *
   * @throws ChildLoadError when the new one could not load
   */
  run(job: PooledJob): Promise<JobEnding>;
  /** Told, once each, of the children that have loaded, also of those that had before it was given. */
  onLoaded(tell: (loaded: Loaded) => void): void;
  /** Ids of the children. */
  processes(): number[];
  /** What they train with, in words; unknown before one has loaded. */
  engine(): string | undefined;
  /** Hands back what is not begun, and what is still to come. */
  leave(): void;
  /** Ends all children; those that are at work are killed. */
  close(): Promise<void>;
}

export const ENTRY = fileURLToPath(new URL('./entry.js', import.meta.url));
export const PROCESSOR = fileURLToPath(new URL('./processor.js', import.meta.url));

export function openPool({ entry, processor, env, size }: PoolOptions): Pool {
  /** Those that have loaded, the one that was idle last at the end. */
  const members: Member[] = [];
  const all = new Set<ChildProcess>();
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  let engine: string | undefined;
  const loaded: Loaded[] = [];
  let tellLoaded = (one: Loaded): void => void loaded.push(one);

  /** A child that has loaded. */
  async function grown(): Promise<Member> {
    const began = performance.now();
    const child = fork(entry, [processor], {
      // A group of its own: Ctrl-C in the terminal reaches the parent, which then decides what becomes of the jobs.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...env, GRIDSEARCH_PARENT: String(process.pid) },
    });
    all.add(child);
    child.once('exit', () => {
      all.delete(child);
      remove(child);
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
        for (const message of allToParent.parse(raw)) {
          if (message.type === 'loaded') {
            engine = message.engine;
            const now = performance.now();
            tellLoaded({ started: began, loading: now - message.loadMs, loaded: now });
            settle();
          }
          if (message.type === 'load failed') settle(new Error(message.reason));
        }
      };
      const left = (code: number | null, signal: string | null): void =>
        settle(new Error(`a training process ${endedBy(code, signal)} while it loaded`));
      child.on('message', heard).on('exit', left).on('error', settle);
    });
    child.on('error', () => undefined);
    const fresh = (await residentMemory(child.pid!)) ?? 0;
    const member = memberOf(child, fresh);
    if (child.exitCode === null && child.signalCode === null) members.push(member);
    return member;
  }

  /** Children that were started before there was a job for them; each is for one job. One that does not load is no job's fault. */
  const warming: Promise<Member | undefined>[] = [];

  const remove = (child: ChildProcess): void => {
    const at = members.findIndex((one) => one.child === child);
    if (at >= 0) members.splice(at, 1);
  };

  const end = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    await ended(child);
  };

  /** One that is idle, taken at once: whoever asks next finds another. */
  const idle = (): Member | undefined => {
    const member = members.findLast(({ given }) => given === 0);
    if (member !== undefined) member.given++;
    return member;
  };

  /** One that has nothing else to do and is not too large for the job, or a new one. */
  async function own(payload: WorkerPayload): Promise<Member> {
    for (let member = idle(); member !== undefined; member = idle()) {
      const { child, fresh } = member;
      if (!(await isOutgrown(payload, child.pid!, fresh))) return member;
      remove(child);
      await end(child);
    }
    for (let next = warming.shift(); next !== undefined; next = warming.shift()) {
      const member = await next;
      if (member !== undefined) return member;
    }
    return grown();
  }

  /** The one that has the fewest jobs, once all have some; undefined for a job that needs one of its own. */
  function shared({ payload }: PooledJob): Member | undefined {
    if (all.size < size || warming.length > 0 || members.some(({ given }) => given === 0)) return undefined;
    const [member] = members.toSorted((a, b) => a.given - b.given);
    if (member !== undefined && payload.context.limits?.bytes === undefined) member.given++;
    return member;
  }

  return {
    warm(count) {
      for (let missing = Math.min(count, size) - all.size; missing > 0; missing--)
        warming.push(grown().catch(() => undefined));
    },
    async run(job) {
      if (leaving.signal.aborted) return { kind: 'handed back' };
      const company = shared(job);
      // What its process takes must be its own.
      if (company !== undefined && job.payload.context.limits?.bytes !== undefined)
        return { kind: 'handed back' };
      if (company === undefined) job.onTaken();
      const member = company ?? (await own(job.payload));
      const { child } = member;
      const mayWait = async () => members.every(({ given }) => given > 0) && (await job.mayWait());
      const ending = await inChild(member, { ...job, mayWait }, leaving.signal);
      member.given--;
      if (ending !== undefined && ending.kind !== 'over its limit') return ending;
      await ended(child);
      if (ending !== undefined) return ending;
      return job.signal.aborted
        ? { kind: 'handed back' }
        : { kind: 'failed', reason: `its process ${endedBy(child.exitCode, child.signalCode)}` };
    },
    leave: () => leaving.abort(),
    onLoaded(tell) {
      for (const one of loaded.splice(0)) tell(one);
      tellLoaded = tell;
    },
    processes: () => [...all].flatMap(({ pid }) => pid ?? []),
    engine: () => engine,
    close: async () => {
      await Promise.all([...all].map(end));
    },
  };
}

const endedBy = (code: number | null, signal: string | null): string => {
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), as when memory runs out';
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
};

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
