/** A worker: takes fold and refit jobs from Redis and trains each in a child process. */

export type { Pool } from './pool.js';
export { openProber, type Probed, type ProbeMeasure, type ProbeRequest, type Prober } from './probe/index.js';
export { openProcesses } from './processes.js';
export {
  type JobAbout,
  type StartedWorker,
  startWorker,
  type WorkerEvent,
  type WorkerOptions,
  type WorkerStep,
} from './worker.js';
