/** What commands stand on: Redis, tracking, and for those that carry out searches an orchestrator and workers. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectRedis, PREFIX, SEARCH_QUEUE } from '../../queue/index.js';
import { createTrackingClient, type TrackingClient, trackingFromEnv } from '../../tracking/client/index.js';
import { startTrackingThread } from '../../tracking/server/thread.js';
import { type StartedWorker, startWorker, type WorkerEvent } from '../../worker/index.js';
import { InputError } from '../cli/errors.js';
import { startOrchestrator } from '../search/index.js';
import { usableCores } from './cores.js';
import { cacheDir, homeDir } from './home.js';
import { openRedis } from './private-redis.js';

/** Undoes, in reverse order, what was opened; every step runs even when one before it fails. */
export function closers() {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    add(step: () => Promise<unknown>): void {
      steps.push(step);
    },
    async close(): Promise<void> {
      let failure: unknown;
      for (const step of steps.splice(0).reverse()) {
        await step().catch((error: unknown) => {
          failure ??= error;
        });
      }
      if (failure !== undefined) throw failure;
    },
  };
}

export interface Tracking {
  readonly client: TrackingClient;
  readonly uri: string;
  /** Whether this process serves it. */
  readonly embedded: boolean;
  /** Whether the embedded server asks for a token or a password. */
  readonly guarded: boolean;
  close(): Promise<void>;
}

/** Where the embedded server listens, and under which further names. */
export interface ServerPlace {
  readonly host?: string;
  readonly port?: number;
  readonly allowedHosts?: readonly string[];
  /** @defaultValue in a thread; what runs from TypeScript sources can start none. */
  readonly start?: typeof startTrackingThread;
}

/** The server that `MLFLOW_TRACKING_URI` names, or the embedded one on the data directory, for as long as needed. The latter
 * asks for the token, or the name and password, that MLflow's variables hold: whoever shares them gets in.
 */
export async function openTracking(
  home: string,
  { host = '127.0.0.1', port, allowedHosts = [], start = startTrackingThread }: ServerPlace = {},
): Promise<Tracking> {
  const configured = process.env.MLFLOW_TRACKING_URI;
  if (configured) {
    if (!/^https?:\/\//.test(configured)) {
      throw new InputError(
        `MLFLOW_TRACKING_URI is ${configured}; it must be the http:// or https:// address of an MLflow server`,
      );
    }
    const client = createTrackingClient({ ...trackingFromEnv(process.env), uri: configured });
    return { client, uri: configured, embedded: false, guarded: false, close: async () => undefined };
  }
  const { uri: _, ...auth } = trackingFromEnv(process.env);
  const server = await start({
    dataDir: home,
    host,
    port: port ?? 0,
    allowedHosts: [...allowedHosts],
    auth,
  }).catch((error: unknown) => {
    if (port !== undefined && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new InputError(
        `port ${port} of ${host} is taken; choose another with --port, or 0 for any free one`,
      );
    }
    throw error;
  });
  const client = createTrackingClient({ ...auth, uri: server.uri });
  const guarded = Boolean(auth.token || (auth.username && auth.password));
  return { client, uri: server.uri, embedded: true, guarded, close: () => server.close() };
}

export interface Services {
  readonly home: string;
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly tracking: Tracking;
  readonly searches: Queue;
  close(): Promise<void>;
}

/** Opens Redis, tracking and the search queue. */
export async function openServices(tracking: ServerPlace = {}): Promise<Services> {
  const home = homeDir();
  const opened = closers();
  try {
    const access = await openRedis(home);
    opened.add(() => access.release());
    const redis = connectRedis(access.url);
    opened.add(async () => redis.disconnect());
    const served = await openTracking(home, tracking);
    opened.add(() => served.close());
    const searches = new Queue(SEARCH_QUEUE, { connection: redis, prefix: PREFIX });
    // Without a listener it prints every lost connection; whoever carries out searches tells of it.
    searches.on('error', () => undefined);
    opened.add(() => searches.close());
    return { home, redis, redisUrl: access.url, tracking: served, searches, close: opened.close };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Training processes asked for; `auto` is as many as the cores carry with so many TensorFlow threads each, and never
 * more. One thread each is the default: `bench/workers` measures it as the fastest use of cores.
 */
export function workerCount(value: string, option = '--workers', least = 0, threads = 1): number {
  if (value === 'auto') return Math.max(1, Math.floor(usableCores() / threads));
  const count = Number(value);
  if (value.trim() === '' || !Number.isInteger(count) || count < least || count > 1024) {
    throw new InputError(`${option} is ${value}; give a whole number from ${least} to 1024, or auto`);
  }
  return count;
}

/** An orchestrator in this process and training child processes under it. */
export async function startEngineRoom(
  services: Services,
  options: { workers: number; onEvent?: (event: WorkerEvent) => void; onError: (error: Error) => void },
): Promise<{ close(graceMs: number): Promise<void> }> {
  const orchestrator = await startOrchestrator({
    redis: services.redis,
    tracking: services.tracking.client,
    trackingUri: services.tracking.uri,
    onError: options.onError,
  });
  const worker: StartedWorker | undefined =
    options.workers === 0
      ? undefined
      : await startWorker({
          redis: services.redis,
          redisUrl: services.redisUrl,
          trackingUri: services.tracking.uri,
          concurrency: options.workers,
          threads: 1,
          cacheDir: cacheDir(services.home),
          ...(options.onEvent && { onEvent: options.onEvent }),
        });
  return {
    close: async (graceMs) => {
      await worker?.close(graceMs);
      await orchestrator.close();
    },
  };
}
