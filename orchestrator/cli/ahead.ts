/** What `run` and `resume` begin with, loaded before the rest of them: their training processes load beside it. */
import { type Pool, startProcesses, workerCount } from '../app/index.js';

/** For whoever carries the command out; it ends the processes, whatever comes. */
export interface Ahead {
  readonly workers: number;
  readonly pool: Pool;
}

/** @throws InputError when `--workers` is no number of processes */
export function startAhead({ workers: asked }: { readonly workers: string }): Ahead {
  const workers = workerCount(asked, '--workers', 1);
  return { workers, pool: startProcesses(workers) };
}
