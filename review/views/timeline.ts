/** The timeline of a search's workers. */
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Timeline } from '../page/api.js';
import { jobsOf, type SearchSummary } from '../results/index.js';

/** @param most - Jobs that are told of at most, by their starts. */
export async function timelineOf(
  client: TrackingClient,
  search: SearchSummary,
  most: number,
): Promise<Timeline> {
  const jobs = await jobsOf(client, search, most);
  return {
    worker: jobs.map(({ worker }) => worker),
    name: jobs.map(({ name }) => name),
    runId: jobs.map(({ runId }) => runId),
    fold: jobs.map(({ fold }) => fold),
    status: jobs.map(({ status }) => status),
    startTime: jobs.map(({ startTime }) => startTime),
    endTime: jobs.map(({ endTime }) => endTime),
    earlier: jobs.map(({ earlier }) => earlier),
    leftOut: jobs.length < most ? 0 : Math.max(0, search.folds - most),
  };
}
