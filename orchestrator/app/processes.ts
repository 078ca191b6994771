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
 * Where training processes will be, with the first of them: they load what they need while this program still does, and leave it a core.
 * The data directory need not be there.
 */
export function startProcesses(workers: number): Pool {
  const pool = openProcesses(processOptions(homePath(), workers));
  pool.warm(usableCores() - 1);
  return pool;
}

/** The others, while the search is being read and queued; no more than cores in all. */
export const startOthers = (pool: Pool): void => pool.warm(usableCores());
