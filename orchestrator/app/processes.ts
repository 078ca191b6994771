/** The training processes under this process. */
import { openProcesses, type Pool } from '../../worker/index.js';
import { usableCores } from './cores.js';
import { cacheDir, homePath } from './home.js';

/** What the training processes under this process are started with. */
export const processOptions = (home: string, workers: number) => ({
  concurrency: workers,
  threads: 1,
  cacheDir: cacheDir(home),
});

/**
 * Training processes that load what they need while the search is still being read and queued; no more than cores. The data directory need
 * not be there.
 */
export const startProcesses = (workers: number): Pool =>
  openProcesses(processOptions(homePath(), workers), Math.min(workers, usableCores()));
