/**
 * The child side of a worker: one process, one engine, one job at a time. BullMQ forks it and calls the default
 * export; everything loaded here is reused from job to job.
 */
import { DelayedError, type SandboxedJob, WaitingError } from 'bullmq';
import { loadEngine } from '../learning/engine/index.js';
import { connectRedis, TRACKING_URI_KEY, type WorkerPayload, workerPayload } from '../queue/index.js';
import { createTrackingClient, type TrackingClient, trackingFromEnv } from '../tracking/client/index.js';
import { fold } from './fold.js';
import { carryOut, type Ending, type JobAttempt, type JobDeps } from './job.js';
import { refit } from './refit.js';

// The parent was killed: nobody will take the result, and the job goes on elsewhere.
process.on('disconnect', () => process.exit(1));

const env = process.env;
/** Settled either way: a child that broke off here would cost every job it was meant for an attempt. */
const loading = loadEngine().then(
  (engine) => ({ engine }),
  (error: Error) => ({ error }),
);
await loading;
const clients = new Map<string, TrackingClient>();

function clientFor(uri: string): TrackingClient {
  const known = clients.get(uri);
  if (known !== undefined) return known;
  const client = createTrackingClient({ ...trackingFromEnv(env), uri });
  clients.set(uri, client);
  return client;
}

const redis = env.GRIDSEARCH_TRACKING_URI ? undefined : connectRedis(env.GRIDSEARCH_REDIS_URL!);

/** The address given at start, or else the one the orchestrator published last: it may have moved since. */
async function trackingUri(): Promise<string | undefined> {
  return redis === undefined
    ? env.GRIDSEARCH_TRACKING_URI
    : ((await redis.get(TRACKING_URI_KEY)) ?? undefined);
}

/** How long a job waits for what its worker lacks, in ms. It costs no attempt: the fold did nothing wrong. */
const LACKING_DELAY = 2000;
/** Between two lines about what is lacking, in ms. */
const SAY_EVERY = 30_000;
let saidAt = Number.NEGATIVE_INFINITY;

/** Gives the job back for a while, to whichever worker takes it then. */
async function giveBack(job: SandboxedJob, token: string | undefined, reason: string): Promise<never> {
  if (performance.now() - saidAt > SAY_EVERY) {
    saidAt = performance.now();
    process.stderr.write(`Folds wait: ${reason}\n`);
  }
  await job.moveToDelayed(Date.now() + LACKING_DELAY, token);
  throw new DelayedError();
}

export default async function handle(
  job: SandboxedJob,
  token?: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<unknown> {
  const payload = workerPayload.parse(job.data);
  const attempt: JobAttempt = {
    jobId: job.id!,
    resumed: (job.attemptsStarted ?? 1) > 1,
    last: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
  };
  const loaded = await loading;
  if ('error' in loaded) return giveBack(job, token, loaded.error.message);
  const uri = await trackingUri();
  if (uri === undefined) {
    return giveBack(job, token, 'no tracking server: set MLFLOW_TRACKING_URI, or start `gridsearch up`');
  }
  const deps = { tracking: clientFor(uri), engine: loaded.engine, cacheDir: env.GRIDSEARCH_CACHE!, signal };
  const ending = await perform(payload, attempt, deps);
  switch (ending.kind) {
    case 'done':
      return ending.result;
    case 'handed back':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'waits':
      return giveBack(job, token, ending.reason);
    case 'failed':
      throw ending.error;
  }
}

/** One line adds a kind of job. */
function perform(payload: WorkerPayload, attempt: JobAttempt, deps: JobDeps): Promise<Ending<unknown>> {
  switch (payload.kind) {
    case 'fold':
      return carryOut(fold, payload, attempt, deps);
    case 'refit':
      return carryOut(refit, payload, attempt, deps);
  }
}
