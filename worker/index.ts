/** A worker: takes fold and refit jobs from Redis and trains each in a child process. */

export { openProber, type Probed, type ProbeMeasure, type ProbeRequest, type Prober } from './probe/index.js';
export {
  type JobAbout,
  type StartedWorker,
  startWorker,
  type WorkerEvent,
  type WorkerOptions,
} from './worker.js';
