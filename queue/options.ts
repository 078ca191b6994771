/** How jobs are tried, kept and taken over: the one set of options, for every queue and both sides. */
import { NO_PLACE } from './shares.js';

/** Environment variable with the ms after which a job of a process that went silent goes on elsewhere. */
export const LOCK_DURATION = 'GRIDSEARCH_LOCK_DURATION';

/**
 * Of a BullMQ worker. Locks are short so that the jobs of a killed process go on elsewhere within seconds, and a job may stall
 * any number of times: that a machine died says nothing about the job.
 *
 * @param env - All processes of one installation should agree; on machines that stand still for long, as laptops do, it may
 *   be longer.
 */
export function recovery(env: NodeJS.ProcessEnv = process.env) {
  const asked = Number(env[LOCK_DURATION] || 10_000);
  const lockDuration = Number.isFinite(asked) ? Math.min(Math.max(asked, 1000), 600_000) : 10_000;
  return { lockDuration, stalledInterval: lockDuration / 2, maxStalledCount: 1_000_000 };
}

/** Of a step's job. A step fails on bugs, not on luck; a few attempts cover what isn't known to be passing. */
export const STEP = { attempts: 5, backoff: { type: 'exponential', delay: 500 } } as const;

/** Of a job that another waits for: it never fails its parent, and leaves Redis as soon as its outcome is with the parent. */
export const CHILD = { ignoreDependencyOnFailure: true, removeOnComplete: true, removeOnFail: true } as const;

/**
 * Of a job that another will wait for, once it has no more to wait for itself: it keeps its outcome until then, and no longer than
 * a week, should nobody be left to take it.
 */
export const CHILD_TO_BE = {
  ...CHILD,
  removeOnComplete: { age: 7 * 24 * 3600 },
  removeOnFail: { age: 7 * 24 * 3600 },
} as const;

/** Of a job that trains: one attempt, and as many more as the search space allows. It waits at the end until it gets its place. */
export const trainingJob = (retries: number) =>
  ({
    ...CHILD,
    attempts: retries + 1,
    backoff: { type: 'exponential', delay: 1000 },
    priority: NO_PLACE,
  }) as const;

/** Of a search's own job: kept for a week after its end, so that the outcome can be read. */
export const SEARCH = {
  ...STEP,
  removeOnComplete: { age: 7 * 24 * 3600 },
  removeOnFail: { age: 7 * 24 * 3600 },
} as const;
