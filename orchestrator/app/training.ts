/** What trains: an orchestrator and training processes under this process, or training processes alone. */
import { connectRedis, redactRedisUrl } from '../../queue/index.js';
import { type StartedWorker, startWorker, type WorkerEvent } from '../../worker/index.js';
import { startOrchestrator } from '../search/index.js';
import { closers } from './closers.js';
import { cacheDir, homeDir } from './home.js';
import { openRedis } from './private-redis.js';
import type { Services } from './services.js';

export interface Training {
  /** Stops taking jobs; what is at hand gets so long to end, and is then handed back. */
  close(graceMs: number): Promise<void>;
}

/** An orchestrator in this process and training child processes under it. */
export async function startTraining(
  services: Services,
  options: { workers: number; onEvent?: (event: WorkerEvent) => void; onError: (error: Error) => void },
): Promise<Training> {
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

/** Where a worker that only trains has joined. */
export interface JoinedWorker extends Training {
  /** The queue's address, fit to be printed. */
  readonly redisShown: string;
}

/** Training processes that take jobs from the Redis of this installation and log to wherever its searches do. */
export async function joinQueue(options: {
  readonly concurrency: number;
  readonly threads: number;
  readonly onEvent: (event: WorkerEvent) => void;
}): Promise<JoinedWorker> {
  const opened = closers();
  try {
    const home = homeDir();
    const access = await openRedis(home);
    opened.add(() => access.release());
    const redis = connectRedis(access.url);
    opened.add(async () => redis.disconnect());
    const trackingUri = process.env.MLFLOW_TRACKING_URI;
    const worker = await startWorker({
      ...options,
      redis,
      redisUrl: access.url,
      ...(trackingUri && { trackingUri }),
      cacheDir: cacheDir(home),
    });
    return {
      redisShown: redactRedisUrl(access.url),
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
