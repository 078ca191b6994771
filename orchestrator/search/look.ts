/**
 * Looking once more at searches that have ended. A request that a gateway gave up on can reach the server seconds later, and then
 * makes a run, or a version, that nobody knows of.
 */
import { CHILD, type LookPayload, lookJobId, SEARCH_QUEUE, STEP, sealData } from '../../queue/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Deps } from './deps.js';
import { reconcileVersions, sweepOpenRuns } from './reconcile.js';

/** Seconds after the end. What lands later still is seen when an orchestrator starts. */
const AFTER = [5, 60];

/** Queues the looks, so that they are taken whoever is there by then. Doing so again is harmless. */
export async function queueLooks(
  search: Omit<LookPayload, 'kind'>,
  { flow }: Pick<Deps, 'flow'>,
): Promise<void> {
  const data: LookPayload = { kind: 'look', ...search };
  await Promise.all(
    AFTER.map((seconds) => {
      const jobId = lookJobId(search.searchId, seconds);
      const opts = { ...CHILD, ...STEP, jobId, delay: seconds * 1000 };
      return flow.add({ name: 'look', queueName: SEARCH_QUEUE, data: sealData(jobId, data), opts });
    }),
  );
}

/** Deletes what has come up since. */
export async function lookAgain(
  { registered, ...search }: LookPayload,
  tracking: TrackingClient,
): Promise<void> {
  await sweepOpenRuns(search, tracking);
  if (registered !== undefined) await reconcileVersions(search, registered, tracking);
}
