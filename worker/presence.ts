/** What a worker tells of itself while it is there, and that it listens to who asks it to leave. */
import type { Redis } from 'ioredis';
import {
  ANNOUNCE_EVERY,
  announceWorker,
  type WorkerLine,
  type WorkerPayload,
  withdrawWorker,
} from '../queue/index.js';
import type { Pool } from './pool.js';
import { residentMemory } from './resident-memory.js';

/** A job at hand. */
interface AtHand {
  readonly payload: WorkerPayload;
  readonly since: number;
  readonly pid?: number;
}

export interface Presence {
  /** Tells from now on. */
  start(): Promise<void>;
  began(jobId: string, payload: WorkerPayload): void;
  /** Also of a job that had to wait for others of its process, and begins now. */
  inProcess(jobId: string, payload: WorkerPayload, pid: number): void;
  ended(jobId: string, finished: boolean): void;
  /** Says that it takes no more jobs. */
  leaving(): void;
  /** Says that it is gone, and no more. */
  close(): Promise<void>;
}

export function openPresence({
  redis,
  name,
  pool,
  onAsked,
  ...own
}: Pick<WorkerLine, 'host' | 'pid' | 'concurrency'> & {
  redis: Redis;
  /** By which it is known in the queue. */
  name: string;
  pool: Pick<Pool, 'processes' | 'engine'>;
  /** Called once, when it is asked to leave; without it, it can't be. */
  onAsked: (() => void) | undefined;
}): Presence {
  const started = performance.now();
  const atHand = new Map<string, AtHand>();
  let folds = 0;
  let leaving = false;
  let asked = false;
  let busy = false;
  let closed = false;
  /** Whether it was last told of as idle. */
  let toldIdle = false;

  const line = async (): Promise<WorkerLine> => ({
    ...own,
    engine: pool.engine() ?? null,
    seconds: secondsSince(started),
    folds,
    leaving,
    drainable: onAsked !== undefined,
    processes: await Promise.all(
      pool.processes().map(async (pid) => ({ pid, bytes: (await residentMemory(pid)) ?? null })),
    ),
    jobs: [...atHand.values()].map(({ payload, since, pid = null }) => ({
      searchId: payload.context.searchId,
      trial: `${payload.configuration.model}-${payload.configuration.index}`,
      fold: payload.kind === 'fold' ? payload.fold : null,
      seconds: secondsSince(since),
      pid,
    })),
  });

  const announce = async (): Promise<void> => {
    // While Redis is away nothing may pile up for it.
    if (busy) return;
    busy = true;
    try {
      const told = await line();
      toldIdle = told.jobs.length === 0;
      // After its end it must not come back.
      if (closed) return;
      const wanted = await announceWorker(redis, name, told);
      if (!wanted || asked || onAsked === undefined) return;
      asked = true;
      onAsked();
    } catch {
      // For lists and plans alone: work goes on without it.
    } finally {
      busy = false;
    }
  };

  let timer: NodeJS.Timeout | undefined;
  return {
    start: async () => {
      // One of the same name may have been asked before.
      await withdrawWorker(redis, name).catch(() => undefined);
      await announce();
      timer = setInterval(announce, ANNOUNCE_EVERY);
    },
    began: (jobId, payload) => void atHand.set(jobId, { payload, since: performance.now() }),
    inProcess: (jobId, payload, pid) => {
      const { since } = atHand.get(jobId) ?? { since: performance.now() };
      atHand.set(jobId, { payload, since, pid });
      // A short search would be over before it is told of.
      if (toldIdle) void announce();
    },
    ended: (jobId, finished) => {
      if (finished && atHand.get(jobId)?.payload.kind === 'fold') folds++;
      atHand.delete(jobId);
    },
    leaving: () => {
      leaving = true;
      void announce();
    },
    close: async () => {
      clearInterval(timer);
      closed = true;
      await withdrawWorker(redis, name);
    },
  };
}

const secondsSince = (start: number): number => Math.round(performance.now() - start) / 1000;
