/** The child processes of a worker, apart from it: they begin to load before the worker's own process has loaded the queue. */
import { ENTRY, openPool, type Pool, PROCESSOR } from './pool.js';

/** Of the child processes that train. */
export interface ProcessOptions {
  /** Jobs at a time, one child process each. */
  readonly concurrency: number;
  /** TensorFlow threads per child process. */
  readonly threads: number;
  /** Folder for dataset snapshots. */
  readonly cacheDir: string;
  /** Folder whose files jobs may be trained on without a download; without one none is read. */
  readonly dataRoot?: string;
  /** Module that handles jobs in the child processes. Tests and benchmarks replace it. */
  readonly processor?: string;
  /** Module that child processes start in. Tests replace it. */
  readonly entry?: string;
}

/** The child processes of a worker, for whoever will start one with the same options in a moment. */
export function openProcesses(options: ProcessOptions): Pool {
  return openPool({
    entry: options.entry ?? ENTRY,
    processor: options.processor ?? PROCESSOR,
    env: {
      GRIDSEARCH_CACHE: options.cacheDir,
      GRIDSEARCH_DATA_ROOT: options.dataRoot ?? '',
      GRIDSEARCH_PROCESSES: String(options.concurrency),
      GRIDSEARCH_THREADS: String(options.threads),
    },
    size: options.concurrency,
  });
}
