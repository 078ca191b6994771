/** What `run` and `resume` begin with, loaded before the rest of them: their training processes load beside it. */
import { type Pool, startProcesses, workerCount } from '../app/index.js';

export interface Ahead {
  readonly workers: number;
  readonly pool: Pool;
}

/**
 * Carries a command out with processes that load while it does. They end with it, whatever comes: also when it can't be loaded.
 *
 * @throws InputError when `--workers` is no number of processes
 */
export async function aheadOf(
  { workers: asked }: { readonly workers: string },
  command: (ahead: Ahead) => Promise<number>,
): Promise<number> {
  const workers = workerCount(asked, '--workers', 1);
  const pool = startProcesses(workers);
  try {
    return await command({ workers, pool });
  } finally {
    await pool.close();
  }
}
