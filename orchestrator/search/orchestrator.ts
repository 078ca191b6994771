/** The BullMQ worker that carries out searches' steps. It trains nothing, so one handles many searches. */
import { DelayedError, FlowProducer, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  deleteOwn,
  FOLD_QUEUE,
  PREFIX,
  RECOVERY,
  SEARCH_QUEUE,
  type StepPayload,
  stepPayload,
  TRACKING_URI_KEY,
} from '../../queue/index.js';
import { isUnreachable, type TrackingClient } from '../../tracking/client/index.js';
import type { Deps } from './deps.js';
import { failSearch, runSearchStep } from './search.js';
import { STRATEGIES, type Strategies } from './strategies/index.js';
import { finishTrial } from './trial.js';
import { sumWindow } from './window.js';

export interface Orchestrator {
  /** Stops taking steps; the ones at hand end first. */
  close(): Promise<void>;
}

export interface OrchestratorOptions {
  readonly redis: Redis;
  readonly tracking: TrackingClient;
  /** Where workers that were told nothing find tracking; published in Redis. */
  readonly trackingUri: string;
  /** Told of steps that failed for good. */
  readonly onError: (error: Error) => void;
  /** @defaultValue 500 */
  readonly windowFolds?: number;
  /** @defaultValue the table */
  readonly strategies?: Strategies;
}

/** How long to wait before a step that found tracking unreachable is tried again, in ms. */
const UNREACHABLE_DELAY = 2000;

/** Starts carrying out steps of all searches in this Redis. */
export async function startOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  const shared = { connection: options.redis, prefix: PREFIX };
  const flow = new FlowProducer(shared);
  const folds = new Queue(FOLD_QUEUE, shared);
  const deps: Deps = {
    redis: options.redis,
    tracking: options.tracking,
    flow,
    folds,
    strategies: options.strategies ?? STRATEGIES,
    windowFolds: options.windowFolds ?? 500,
  };
  // Without a listener they print every lost connection; the worker below tells of the same.
  flow.on('error', () => undefined);
  folds.on('error', () => undefined);
  const publication = await publishTracking(options.redis, options.trackingUri);

  const worker = new Worker(
    SEARCH_QUEUE,
    async (job: Job, token?: string) => {
      const payload = stepPayload.parse(job.data);
      try {
        return await carryOut(payload, job, token ?? '', deps);
      } catch (error) {
        if (isUnreachable(error)) {
          await job.moveToDelayed(Date.now() + UNREACHABLE_DELAY, token);
          throw new DelayedError();
        }
        throw error;
      }
    },
    { ...shared, ...RECOVERY, concurrency: 16, name: `orchestrator-${process.pid}` },
  );
  worker.on('failed', (job, error) => {
    if (job === undefined || job.attemptsMade < (job.opts.attempts ?? 1)) return;
    options.onError(new Error(`${job.name} ${job.id} failed: ${error.message}`, { cause: error }));
    const payload = stepPayload.safeParse(job.data);
    if (!payload.success) return;
    const { data } = payload;
    const reason = `its ${data.kind} job broke: ${error.message}`;
    if (data.kind === 'search') failSearch(data, reason, deps).catch(options.onError);
    if (data.kind === 'trial') deps.tracking.failRun(data.runId, reason).catch(options.onError);
  });
  worker.on('error', options.onError);
  await worker.waitUntilReady();

  return {
    close: async () => {
      await worker.close();
      await publication.withdraw();
      await Promise.all([flow.close(), folds.close()]);
    },
  };
}

/** How often the address is published anew, in ms, and how long it stands without that, in s. */
const PUBLISH_EVERY = 3000;
const PUBLISHED_FOR = 10;

/**
 * Publishes the tracking server's address for workers that were told none, for as long as this orchestrator lives:
 * several may stand on one Redis, and an address must not outlive its server. Any of those that live will do.
 */
async function publishTracking(redis: Redis, uri: string): Promise<{ withdraw(): Promise<void> }> {
  const publish = () => redis.set(TRACKING_URI_KEY, uri, 'EX', PUBLISHED_FOR);
  await publish();
  const timer = setInterval(() => publish().catch(() => undefined), PUBLISH_EVERY);
  return {
    withdraw: async () => {
      clearInterval(timer);
      await deleteOwn(redis, TRACKING_URI_KEY, uri);
    },
  };
}

function carryOut(payload: StepPayload, job: Job, token: string, deps: Deps): Promise<unknown> {
  switch (payload.kind) {
    case 'search':
      return runSearchStep(payload, job, token, deps);
    case 'window':
      return sumWindow(payload, job);
    case 'trial':
      return finishTrial(payload, job, deps);
    default:
      return payload satisfies never;
  }
}
