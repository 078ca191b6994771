/**
 * The parent side of a worker: takes jobs from the queue, has each carried out in a child process, and tells the queue how it
 * ended.
 */
import { hostname } from 'node:os';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { withoutSecrets } from '../addresses/index.js';
import {
  ASIDE_WHILE_PAUSED,
  type Configuration,
  FOLD_QUEUE,
  foldResult,
  isLost,
  isOnlyWorker,
  isRedisTrouble,
  jobsWait,
  PREFIX,
  readData,
  readResult,
  recovery,
  refitResult,
  SealError,
  sealResult,
  settlePause,
  standingOf,
  TRACKING_URI_KEY,
  takeJob,
  type WorkerPayload,
  waitInTrouble,
  workerPayload,
} from '../queue/index.js';
import { trackingFromEnv } from '../tracking/client/index.js';
import type { TrackingPlace } from './messages.js';
import { openPace } from './pace.js';
import { ChildLoadError, type JobEnding, type Loaded, type Pool } from './pool.js';
import { openPresence } from './presence.js';
import { openProcesses, type ProcessOptions } from './processes.js';

export interface WorkerOptions extends ProcessOptions {
  readonly redis: Redis;
  /** Where runs are logged; without one, each job asks Redis where the orchestrator logs. */
  readonly trackingUri?: string;
  /** Whether this machine's own data directory vouches for an address that Redis names. */
  readonly isOwnTracking?: (uri: string, voucher: string | undefined) => boolean;
  /** Where jobs are carried out. @defaultValue processes of its own, each started when there is a job for it */
  readonly pool?: Pool;
  /** Told of every job's end, and of what keeps jobs waiting. */
  readonly onEvent?: (event: WorkerEvent) => void;
  /** Told of every step of processes and jobs. */
  readonly onStep?: (step: WorkerStep) => void;
  /**
   * Told when somebody asked this worker to leave, and it has ended the folds at hand; it takes no more of them from then on.
   * Without it, it can't be asked.
   */
  readonly onDrained?: () => void;
}

/** What a job is about, in plain words; undefined of one that this version does not understand. */
export interface JobAbout {
  readonly searchId: string;
  readonly configuration: Configuration;
  /** null for a refit. */
  readonly fold: number | null;
  readonly metric: string;
}

export type WorkerEvent =
  | {
      readonly type: 'completed';
      readonly job: string;
      readonly seconds: number;
      readonly about: JobAbout | undefined;
      /** The objective: of a fold's validation rows, or of the test rows after a refit. */
      readonly score: number | null;
    }
  | {
      readonly type: 'failed';
      readonly job: string;
      readonly seconds: number;
      readonly about: JobAbout | undefined;
      readonly attempt: number;
      readonly attempts: number;
      readonly error: string;
    }
  /** Jobs wait; none of them has lost an attempt by it. */
  | { readonly type: 'waiting'; readonly reason: string }
  /** A job is left to others: it is signed with another secret. */
  | { readonly type: 'aside'; readonly reason: string }
  /** No child process can load what it needs: this worker is of no use. */
  | { readonly type: 'unfit'; readonly reason: string }
  | { readonly type: 'error'; readonly error: string };

/** How far the worker's jobs are. */
export type WorkerStep =
  /** A child process has been started, and has loaded what it trains with. */
  | ({ readonly type: 'loaded' } & Loaded)
  /** A job is at hand. */
  | { readonly type: 'begun'; readonly job: string; readonly about: JobAbout }
  /** A job has no more to compute; its last words are still being written. */
  | { readonly type: 'worked'; readonly job: string; readonly about: JobAbout };

export interface StartedWorker {
  /**
   * Stops taking jobs. Jobs at hand get `graceMs` to end; what is left then is handed back to the queue, without
   * costing an attempt, and goes on elsewhere.
   */
  close(graceMs: number): Promise<void>;
}

/** How long a job that others may read is left to them, ms. */
const ASIDE_DELAY = 15_000;

/** Loads in a row that fail before the worker is held to be unfit. */
const UNFIT_AFTER = 3;

/** Starts taking jobs. Any number of workers may join one Redis, from any machine. */
export async function startWorker(options: WorkerOptions): Promise<StartedWorker> {
  const { redis, onEvent = () => undefined, onStep = () => undefined } = options;
  const pool = options.pool ?? openProcesses(options);
  pool.onLoaded((loaded) => onStep({ type: 'loaded', ...loaded }));
  const pace = openPace();
  const name = `${hostname()}:${process.pid}`;
  const { onDrained } = options;
  const presence = openPresence({
    redis,
    name,
    host: hostname(),
    pid: process.pid,
    concurrency: options.concurrency,
    pool,
    onAsked:
      onDrained &&
      (() => {
        presence.leaving();
        pool.leave();
        worker.close().then(onDrained, onDrained);
      }),
  });
  let failedLoads = 0;
  /** Since when jobs have been waiting for their surroundings, and none has got through. */
  let troubleSince: number | undefined;

  /** Gives the job back for a while, to whichever worker takes it then. It costs no attempt: the job did nothing wrong. */
  const giveBack = async (job: Job, token: string, reason: string): Promise<never> => {
    troubleSince ??= performance.now();
    onEvent({ type: 'waiting', reason });
    await job.moveToDelayed(Date.now() + waitInTrouble(performance.now() - troubleSince), token);
    throw new DelayedError();
  };

  /** @param published - What orchestrators have told of it. */
  const trackingPlace = (published: string | null): TrackingPlace | undefined => {
    if (options.trackingUri !== undefined) return { uri: options.trackingUri, trusted: true };
    const [uri, voucher] = (published ?? '').split(' ');
    return uri ? { uri, trusted: options.isOwnTracking?.(uri, voucher) ?? false } : undefined;
  };

  /** Leaves a job of a paused search alone until the pause is over. It costs no attempt. */
  const putAside = async (job: Job, token: string, searchId: string): Promise<never> => {
    await job.moveToDelayed(Date.now() + ASIDE_WHILE_PAUSED, token);
    await settlePause(redis, searchId);
    throw new DelayedError();
  };

  /** Asked by every job that waits, and answered for all of them at once. */
  let asking: Promise<boolean> | undefined;
  const mayWait = (): Promise<boolean> => {
    // Idle workers take the jobs in the queue first.
    const nobodyIsIdle = async () => (await jobsWait(redis)) || (await isOnlyWorker(redis));
    asking ??= nobodyIsIdle().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  const carryOut = async (job: Job, token: string, signal: AbortSignal): Promise<unknown> => {
    const payload = readData(job, workerPayload);
    const { kind, context } = payload;
    const about = { searchId: context.searchId, jobId: job.id!, kind };
    const { value, paused } = await takeJob(redis, TRACKING_URI_KEY, about);
    if (paused) return putAside(job, token, context.searchId);
    const tracking = trackingPlace(value);
    if (tracking === undefined)
      return giveBack(job, token, 'no tracking server: set MLFLOW_TRACKING_URI, or start `gridsearch up`');
    if (!tracking.trusted && holdsCredentials())
      return giveBack(
        job,
        token,
        'it holds credentials for tracking: set MLFLOW_TRACKING_URI to the server that may have them',
      );
    let begun: number | undefined;
    let settled: { value?: string; reason?: string } | undefined;
    const stillHeld = async (): Promise<boolean> => {
      const standing = await standingOf(
        redis,
        job,
        token,
        payload.kind === 'fold' ? { waits: payload.context.searchId, on: payload.window } : undefined,
      );
      if (standing.kind === 'settled') settled = standing;
      return standing.kind === 'held';
    };
    const ending: JobEnding | ChildLoadError = await pool
      .run({
        payload,
        attempt: { jobId: job.id!, resumed: job.attemptsStarted > 1 },
        tracking,
        signal,
        stillHeld,
        mayWait,
        onTaken: () => presence.began(job.id!, payload),
        onBegun: (pid) => {
          begun = performance.now();
          presence.inProcess(job.id!, payload, pid);
          onStep({ type: 'begun', job: job.id!, about: aboutPayload(payload) });
        },
        onWorked: (together) => {
          // One that is to have its process alone finds no company in it.
          if (payload.context.limits?.bytes !== undefined) pace.broke();
          else if (begun !== undefined) pace.took(performance.now() - begun, together);
          onStep({ type: 'worked', job: job.id!, about: aboutPayload(payload) });
        },
        onWaiting: (reason) => {
          onEvent({ type: 'waiting', reason });
          // It waits where nobody may ever answer again: an embedded server comes back at another address.
          redis.get(TRACKING_URI_KEY).then(
            (published) => {
              const now = trackingPlace(published);
              if (now !== undefined && now.uri !== tracking.uri)
                worker.cancelJob(job.id!, 'tracking has moved');
            },
            () => undefined,
          );
        },
      })
      .catch((error: unknown) => {
        if (error instanceof ChildLoadError) return error;
        throw error;
      });
    if (ending instanceof ChildLoadError) {
      failedLoads++;
      if (failedLoads === UNFIT_AFTER) onEvent({ type: 'unfit', reason: ending.message });
      return giveBack(job, token, ending.message);
    }
    failedLoads = 0;
    if (ending.kind !== 'done') pace.broke();
    const wanted = options.concurrency * pace.jobs();
    if (worker.concurrency !== wanted) worker.concurrency = wanted;
    switch (ending.kind) {
      case 'done':
        troubleSince = undefined;
        presence.ended(job.id!, true);
        return sealResult(job.id!, ending.result);
      case 'handed back':
        // BullMQ's moveToWait wakes nobody for a job with a priority.
        await job.moveToDelayed(Date.now(), token);
        throw new DelayedError();
      case 'lost':
        // Its outcome is with its parent already; the job that came back must end with the same.
        if (settled?.value !== undefined) return JSON.parse(settled.value);
        if (settled?.reason !== undefined) throw new UnrecoverableError(settled.reason);
        throw new DelayedError();
      case 'waits':
        return giveBack(job, token, ending.reason);
      case 'over its limit':
        troubleSince = undefined;
        // It would take as much again.
        throw new UnrecoverableError(ending.reason);
      case 'failed':
        troubleSince = undefined;
        throw new Error(ending.reason);
    }
  };

  const worker = new Worker(
    FOLD_QUEUE,
    // BullMQ passes a signal to processors that take three parameters.
    async (job: Job, token: string | undefined, signal: AbortSignal | undefined) => {
      try {
        return await carryOut(job, token!, signal!);
      } catch (error) {
        if (isLost(error)) throw new DelayedError();
        if (error instanceof SealError) {
          if (!error.signed) throw new UnrecoverableError(error.message);
          // Whoever has the secret may take it.
          onEvent({ type: 'aside', reason: error.message });
          await job.moveToDelayed(Date.now() + ASIDE_DELAY, token);
          throw new DelayedError();
        }
        // It stays in this worker's name until its lock is gone; then somebody takes it, at no cost.
        if (isRedisTrouble(error)) {
          onEvent({ type: 'error', error: error.message });
          throw new DelayedError();
        }
        throw error;
      } finally {
        presence.ended(job.id!, false);
      }
    },
    {
      connection: redis,
      prefix: PREFIX,
      ...recovery(),
      concurrency: options.concurrency,
      name,
    },
  );
  const seconds = (job: Job): number => (Date.now() - (job.processedOn ?? Date.now())) / 1000;
  worker.on('completed', (job, result) => {
    const about = aboutOf(job);
    const score = scoreOf(job, result, about?.metric);
    onEvent({ type: 'completed', job: job.id!, seconds: seconds(job), about, score });
  });
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    onEvent({
      type: 'failed',
      job: job.id!,
      seconds: seconds(job),
      about: aboutOf(job),
      attempt: job.attemptsMade,
      // One that can't go better is not tried again.
      attempts: error instanceof UnrecoverableError ? job.attemptsMade : (job.opts.attempts ?? 1),
      error: error.message,
    });
  });
  // Somebody else has the job, or will have it in a moment: what is still being done is for nobody.
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const id of jobIds) worker.cancelJob(id, 'lost');
  });
  worker.on('error', (error) => {
    // A job that was lost to another worker; it is told of where that matters, on its run.
    if (isLost(error)) return;
    onEvent({ type: 'error', error: withoutSecrets(error.message) });
  });
  await worker.waitUntilReady();
  await presence.start();
  return {
    close: async (graceMs) => {
      presence.leaving();
      pool.leave();
      const closed = worker.close();
      const handBack = setTimeout(() => worker.cancelAllJobs('handed back'), graceMs);
      await closed;
      clearTimeout(handBack);
      // Not waited for: a lost Redis must not keep the worker from closing.
      presence.close().catch(() => undefined);
      await pool.close();
    },
  };
}

/** Whether there is something that an address from the queue must not be sent. */
const holdsCredentials = (): boolean => {
  const { token, password } = trackingFromEnv();
  return Boolean(token || password);
};

function aboutOf(job: Job): JobAbout | undefined {
  try {
    return aboutPayload(readData(job, workerPayload));
  } catch {
    return undefined;
  }
}

function aboutPayload(payload: WorkerPayload): JobAbout {
  const { context, configuration } = payload;
  const fold = payload.kind === 'fold' ? payload.fold : null;
  return { searchId: context.searchId, configuration, fold, metric: context.objective.metric };
}

const measured = z.union([foldResult, refitResult]);

function scoreOf(job: Job, raw: unknown, metric: string | undefined): number | null {
  try {
    const result = readResult(job.id!, raw, measured);
    if ('score' in result) return result.score;
    return metric === undefined ? null : (result.testMetrics[metric] ?? null);
  } catch {
    return null;
  }
}
