/** A worker: takes fold and refit jobs from Redis and trains each in a child process. */

export type { Pool } from './pool.js';
export { openProber, type Probed, type ProbeMeasure, type ProbeRequest, type Prober } from './probe/index.js';
export {
  type JobAbout,
  openProcesses,
  type StartedWorker,
  startWorker,
  type WorkerEvent,
  type WorkerOptions,
  type WorkerStep,
} from './worker.js';
