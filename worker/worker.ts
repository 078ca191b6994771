/**
 * The parent side of a worker. Training blocks the thread it runs on, so BullMQ's sandboxed processors run it in
 * child processes: locks are renewed meanwhile, a crash costs one attempt at one fold, and children keep TensorFlow
 * and loaded data from job to job.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { FOLD_QUEUE, PREFIX, RECOVERY } from '../queue/index.js';

export interface WorkerOptions {
  readonly redis: Redis;
  readonly redisUrl: string;
  /** Where runs are logged; without one, each job asks Redis where the orchestrator logs. */
  readonly trackingUri?: string;
  /** Jobs at a time, one child process each. */
  readonly concurrency: number;
  /** TensorFlow threads per child process. */
  readonly threads: number;
  /** Folder for dataset snapshots. */
  readonly cacheDir: string;
  /** Told of every job's end. */
  readonly onEvent?: (event: WorkerEvent) => void;
  /** Module that handles a job in the child process. Benchmarks replace it. */
  readonly processor?: string;
}

export type WorkerEvent =
  | { readonly type: 'completed'; readonly job: string; readonly seconds: number }
  | {
      readonly type: 'failed';
      readonly job: string;
      readonly seconds: number;
      readonly attempt: number;
      readonly attempts: number;
      readonly error: string;
    }
  | { readonly type: 'error'; readonly error: string };

export interface StartedWorker {
  /**
   * Stops taking jobs. Jobs at hand get `graceMs` to end; what is left then is handed back to the queue, without
   * costing an attempt, and goes on elsewhere.
   */
  close(graceMs: number): Promise<void>;
}

/** Starts taking jobs. Any number of workers may join one Redis, from any machine. */
export async function startWorker(options: WorkerOptions): Promise<StartedWorker> {
  const { onEvent = () => undefined } = options;
  const worker = new Worker(
    FOLD_QUEUE,
    options.processor ?? fileURLToPath(new URL('./child.js', import.meta.url)),
    {
      connection: options.redis,
      prefix: PREFIX,
      ...RECOVERY,
      concurrency: options.concurrency,
      name: `worker-${process.pid}`,
      // A group of their own: Ctrl-C in the terminal reaches the parent, which then decides what becomes of the jobs.
      workerForkOptions: {
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: {
          ...process.env,
          GRIDSEARCH_REDIS_URL: options.redisUrl,
          GRIDSEARCH_TRACKING_URI: options.trackingUri ?? '',
          GRIDSEARCH_CACHE: options.cacheDir,
          GRIDSEARCH_PROCESSES: String(options.concurrency),
          GRIDSEARCH_THREADS: String(options.threads),
        },
      },
    },
  );
  const seconds = (job: { processedOn?: number | undefined }): number =>
    (Date.now() - (job.processedOn ?? Date.now())) / 1000;
  worker.on('completed', (job) => onEvent({ type: 'completed', job: job.id ?? '', seconds: seconds(job) }));
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    onEvent({
      type: 'failed',
      job: job.id ?? '',
      seconds: seconds(job),
      attempt: job.attemptsMade,
      attempts: job.opts.attempts ?? 1,
      error: error.message,
    });
  });
  worker.on('error', (error) => onEvent({ type: 'error', error: error.message }));
  await worker.waitUntilReady();

  return {
    close: async (graceMs) => {
      const closed = worker.close();
      const handBack = setTimeout(() => worker.cancelAllJobs('handed back'), graceMs);
      await closed;
      clearTimeout(handBack);
    },
  };
}
