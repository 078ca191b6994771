/** Giving a search up: its jobs leave Redis, its unfinished runs end as KILLED. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  FOLD_QUEUE,
  PREFIX,
  SEARCH_QUEUE,
  type SearchContext,
  unsettledChildren,
} from '../../queue/index.js';
import { ROLE, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';

/** How long an orchestrator may be busy with the search's step, in ms: a window of runs, or its last results. */
export const PATIENCE = 60_000;
/** How long to wait for folds that are being trained, in ms; longer ones end by themselves, for nobody. */
export const GRACE = 10_000;
export const RETRY = 50;
/** Whoever died while cancelling is over it then, in s. */
const CANCELLED_WITHIN = 300;

/**
 * Cancels a search. May be repeated when it was interrupted: the parent run is the last to end.
 *
 * @returns whether it was cancelled; false when the search came to its own end first
 * @throws Error when an orchestrator doesn't put the search down in time
 */
export async function cancelSearch(
  search: Pick<SearchContext, 'searchId' | 'experimentId' | 'parentRunId'>,
  { redis, tracking }: { redis: Redis; tracking: TrackingClient },
): Promise<boolean> {
  const { searchId, parentRunId } = search;
  await redis.set(cancelling(searchId), '1', 'EX', CANCELLED_WITHIN);
  try {
    if (!(await removeJobs(searchId, redis)))
      throw new Error(`search ${searchId} is being worked on; try again`);
    const { info } = await tracking.getRun(parentRunId);
    if (info.status !== 'RUNNING' && info.status !== 'SCHEDULED') return false;
    await endRuns(search, tracking);
    return true;
  } finally {
    await redis.del(cancelling(searchId));
  }
}

/** Whether somebody is about to end the search, whose jobs are gone before its runs. */
export const isBeingCancelled = async (searchId: string, redis: Redis): Promise<boolean> =>
  (await redis.exists(cancelling(searchId))) === 1;

const cancelling = (searchId: string): string => `${PREFIX}:cancelling:${searchId}`;

/** Removes all jobs of a search; false, with none removed, when its own is held by an orchestrator for too long. */
async function removeJobs(searchId: string, redis: Redis): Promise<boolean> {
  const shared = { connection: redis, prefix: PREFIX };
  const queues = new Map([SEARCH_QUEUE, FOLD_QUEUE].map((name) => [name, new Queue(name, shared)]));
  const root = `${PREFIX}:${SEARCH_QUEUE}:${searchId}`;
  const started = Date.now();
  try {
    for (let left = [root]; ; await sleep(RETRY)) {
      left = (await Promise.all(left.map((key) => removeTree(key, queues)))).flat();
      const rootLeft = left.includes(root);
      if (!rootLeft) left.push(...(await jobsApart(searchId, redis)).filter((key) => !left.includes(key)));
      if (left.length === 0 || Date.now() - started > (rootLeft ? PATIENCE : GRACE)) return !rootLeft;
    }
  } finally {
    await Promise.all([...queues.values()].map((queue) => queue.close()));
  }
}

/** In this order none wakes up to find what it waits for gone: windows, trials, folds. */
const APART = [/^search:\.w\d+$/, /^search:\.t[^.:]+\.[^.:]+$/, /^fold:\.t[^:]+\.f\d+$/] as const;

/**
 * Jobs that are there though no search waits for them: windows that are under way apart, and what is below those that somebody had
 * begun to remove. With the search gone, no more windows come.
 */
async function jobsApart(searchId: string, redis: Redis): Promise<string[]> {
  const found = new Set<string>();
  for await (const keys of redis.scanStream({ match: `${PREFIX}:*:${searchId}.*`, count: 1000 }))
    for (const key of keys as string[]) found.add(key);
  for (const pattern of APART) {
    const jobs = [...found].filter((key) =>
      pattern.test(key.slice(PREFIX.length + 1).replace(`:${searchId}`, ':')),
    );
    if (jobs.length > 0) return jobs;
  }
  return [];
}

/**
 * Removes a job and then what it waits for. In this order no parent wakes up to find its children gone, and as
 * nothing can be added to a parent that is no longer there, nothing is missed.
 *
 * @returns keys of the jobs that stay for now because a process holds their lock; the one asked for, or some below
 */
async function removeTree(key: string, queues: ReadonlyMap<string, Queue>): Promise<string[]> {
  const [, queueName, id] = key.split(':');
  const queue = queues.get(queueName!)!;
  const job = await Job.fromId(queue, id!);
  if (job === undefined) return [];
  if ((await job.isCompleted()) || (await job.isFailed())) {
    // A search that has come to its end keeps its outcome for whoever watches.
    if (job.name !== 'search') await queue.remove(id!);
    return [];
  }
  const children = await unsettledChildren(job);
  try {
    await job.remove({ removeChildren: false });
  } catch {
    return (await Job.fromId(queue, id!)) === undefined ? [] : [key];
  }
  const left: string[] = [];
  for (const child of children) left.push(...(await removeTree(child, queues)));
  return left;
}

async function endRuns(
  search: Pick<SearchContext, 'searchId' | 'experimentId' | 'parentRunId'>,
  tracking: TrackingClient,
): Promise<void> {
  await killOpenRuns(search, tracking);
  await kill(search.parentRunId, tracking);
}

const kill = (runId: string, tracking: TrackingClient): Promise<void> =>
  tracking.updateRun(runId, { status: 'KILLED', endTime: Date.now() });

/** Ends the unfinished runs of a search as KILLED, but for its parent run. */
export async function killOpenRuns(
  { searchId, experimentId }: Pick<SearchContext, 'searchId' | 'experimentId'>,
  tracking: TrackingClient,
): Promise<void> {
  const ofSearch = tagIs(TAGS.searchId, searchId);
  for (const status of ['SCHEDULED', 'RUNNING']) {
    let left = true;
    // Always the first page: what is on it no longer matches afterwards.
    while (left) {
      const { runs } = await tracking.searchRunsPage({
        experimentIds: [experimentId],
        filter: `${ofSearch} and tags.\`${TAGS.role}\` != '${ROLE.parent}' and attributes.status = '${status}'`,
        maxResults: 200,
      });
      await Promise.all(runs.map(({ info }) => kill(info.runId, tracking)));
      left = runs.length > 0;
    }
  }
}
