/** What trains: an orchestrator and training processes under this process, or training processes alone. */
import { withoutSecrets } from '../../addresses/index.js';
import { closeRedis, connectRedis, isRedisFull, isRedisTrouble } from '../../queue/index.js';
import {
  type Pool,
  type StartedWorker,
  startWorker,
  type WorkerEvent,
  type WorkerStep,
} from '../../worker/index.js';
import { type SearchEvent, startOrchestrator } from '../search/index.js';
import { trackingUri } from './addresses.js';
import { closers } from './closers.js';
import { cacheDir, homeDir } from './home.js';
import { isVouchedFor, vouchFor } from './own-address.js';
import { GaveUpError, patience } from './patience.js';
import { openRedis } from './private-redis.js';
import { processOptions } from './processes.js';
import { lastReport } from './report.js';
import type { Services } from './services.js';
import { checkEnvironment } from './settings.js';

export interface Training {
  /** Rejects with a {@link GaveUpError} when this process can't go on; never resolves. */
  readonly gaveUp: Promise<never>;
  /** Stops taking jobs; what is at hand gets so long to end, and is then handed back. */
  close(graceMs: number): Promise<void>;
}

/** A job's end. */
export type JobEnd = Extract<WorkerEvent, { job: string }>;

/** What is told of while training goes on. */
export interface TrainingOptions {
  /** How long to wait out trouble of tracking, Redis or the disk before giving up, ms. */
  readonly patienceMs: number;
  /** A job's end. */
  readonly onJob?: (event: JobEnd) => void;
  /** Trouble that is waited out; told at every try. */
  readonly onWaiting: (reason: string) => void;
  readonly onError: (error: Error) => void;
}

/** The events of workers and orchestrator, sorted by what is to be done about them. */
function listening({ patienceMs, onJob, onWaiting, onError }: TrainingOptions) {
  let giveUp: (error: GaveUpError) => void = () => undefined;
  const gaveUp = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  gaveUp.catch(() => undefined);
  const clock = patience(patienceMs, giveUp);
  const waiting = (reason: string): void => {
    onWaiting(reason);
    clock.trouble(reason);
  };
  const error = (error: Error): void => {
    if (isRedisFull(error)) {
      giveUp(new GaveUpError(`Redis can't keep what it is told: ${error.message}`));
    } else if (isRedisTrouble(error)) waiting(error.message);
    else onError(error);
  };
  const event = (event: WorkerEvent): void => {
    switch (event.type) {
      case 'waiting':
        waiting(event.reason);
        break;
      case 'aside':
        onWaiting(event.reason);
        break;
      case 'unfit':
        giveUp(new GaveUpError(`This machine can't train: ${event.reason} (three times in a row)`));
        break;
      case 'error':
        error(new Error(event.error));
        break;
      default:
        clock.well();
        onJob?.(event);
    }
  };
  return { gaveUp, waiting, well: clock.well, error, event };
}

/** An orchestrator in this process and training child processes under it. */
export async function startTraining(
  services: Services,
  options: TrainingOptions & {
    readonly workers: number;
    /** Started before, for as many workers. @defaultValue processes are started when there are jobs for them */
    readonly pool?: Pool;
    /** Steps of processes and jobs. */
    readonly onStep?: (step: WorkerStep) => void;
    /** Searches that start, go on or end. */
    readonly onSearch?: (event: SearchEvent) => void;
    /** Searches that tracking holds as under way and the queue does not know. */
    readonly onLost?: (searchIds: readonly string[]) => void;
  },
): Promise<Training> {
  const told = listening(options);
  const { redis, tracking, home } = services;
  const orchestrator = await startOrchestrator({
    redis,
    tracking: tracking.client,
    trackingUri: vouchFor(home, tracking.uri),
    report: (parentRunId) => lastReport(tracking.client, parentRunId),
    onError: told.error,
    onWaiting: told.waiting,
    // Others may have the secret: no trouble of this process.
    onAside: options.onWaiting,
    onWell: told.well,
    ...(options.onSearch && { onSearch: options.onSearch }),
    ...(options.onLost && { onLost: options.onLost }),
  });
  const worker: StartedWorker | undefined =
    options.workers === 0
      ? undefined
      : await startWorker({
          redis,
          trackingUri: tracking.uri,
          ...processOptions(home, options.workers),
          ...(options.pool && { pool: options.pool }),
          onEvent: told.event,
          ...(options.onStep && { onStep: options.onStep }),
        });
  return {
    gaveUp: told.gaveUp,
    close: async (graceMs) => {
      await worker?.close(graceMs);
      await orchestrator.close();
    },
  };
}

/** Where a worker that only trains has joined. */
export interface JoinedWorker extends Training {
  /** The queue's address, fit to be printed. */
  readonly redisShown: string;
  /** Resolves once somebody asked it to leave, and it has ended the folds at hand. */
  readonly drained: Promise<void>;
}

/** Training processes that take jobs from the Redis of this installation and log to wherever its searches do. */
export async function joinQueue(
  options: TrainingOptions & {
    readonly concurrency: number;
    readonly threads: number;
    readonly dataRoot?: string;
  },
): Promise<JoinedWorker> {
  const told = listening(options);
  const opened = closers();
  try {
    checkEnvironment();
    const uri = trackingUri(process.env);
    const home = homeDir();
    const access = await openRedis(home);
    opened.add(() => access.release());
    const redis = connectRedis(access.url);
    opened.add(() => closeRedis(redis));
    let onDrained = (): void => undefined;
    const drained = new Promise<void>((resolve) => {
      onDrained = resolve;
    });
    const worker = await startWorker({
      redis,
      onDrained,
      ...(uri && { trackingUri: uri }),
      isOwnTracking: (address, voucher) => isVouchedFor(home, address, voucher),
      concurrency: options.concurrency,
      threads: options.threads,
      ...(options.dataRoot !== undefined && { dataRoot: options.dataRoot }),
      cacheDir: cacheDir(home),
      onEvent: told.event,
    });
    return {
      redisShown: withoutSecrets(access.url),
      gaveUp: told.gaveUp,
      drained,
      close: async (graceMs) => {
        opened.add(() => worker.close(graceMs));
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}
