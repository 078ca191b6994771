/** What tracking holds of one search, read through the same client that users have. */
import type { Run, TrackingClient } from '../../tracking/client/index.js';
import { ROLE, TAGS, tagIs } from '../../tracking/client/index.js';
import { until } from './until.js';

/** Where a submitted search is found. */
export interface Submitted {
  readonly searchId: string;
  readonly experimentId: string;
  readonly parentRunId: string;
}

export interface RunsOfSearch {
  readonly all: Run[];
  readonly children: Run[];
  readonly folds: Run[];
  readonly refits: Run[];
}

export async function runsOf(
  client: TrackingClient,
  { searchId, experimentId }: Pick<Submitted, 'searchId' | 'experimentId'>,
): Promise<RunsOfSearch> {
  const all: Run[] = [];
  const filter = tagIs(TAGS.searchId, searchId);
  for await (const run of client.searchRuns({ experimentIds: [experimentId], filter })) all.push(run);
  const withRole = (role: string) => all.filter((run) => run.tags[TAGS.role] === role);
  return {
    all,
    children: withRole(ROLE.trial),
    folds: withRole(ROLE.fold),
    refits: withRole(ROLE.refit),
  };
}

/** Waits until a fold of the search is being trained. */
export const foldUnderWay = (client: TrackingClient, search: Submitted): Promise<true> =>
  until('a fold is being trained', async () =>
    (await runsOf(client, search)).folds.some(({ info }) => info.status === 'RUNNING'),
  );

/** Waits until so many folds of the search are done. */
export const foldsDone = (
  client: TrackingClient,
  search: Pick<Submitted, 'searchId' | 'experimentId'>,
  count: number,
): Promise<true> =>
  until(
    `${count} folds are done`,
    async () =>
      (await runsOf(client, search)).folds.filter(({ info }) => info.status === 'FINISHED').length >= count,
  );

/** Waits for the search's end; returns the status of its parent run. */
export const ended = (client: TrackingClient, { parentRunId }: Submitted, ms = 240_000): Promise<string> =>
  until(
    'the parent run has ended',
    async () => {
      const { status } = (await client.getRun(parentRunId)).info;
      return status !== 'RUNNING' && status !== 'SCHEDULED' && status;
    },
    ms,
  );

/** Names every way in which a finished search of this size could be incomplete or double. */
export function troubles(runs: RunsOfSearch, expected: { children: number; folds: number }): string[] {
  const found: string[] = [];
  if (runs.children.length !== expected.children) found.push(`${runs.children.length} child runs`);
  if (runs.folds.length !== expected.folds) found.push(`${runs.folds.length} fold runs`);
  if (runs.refits.length !== 1) found.push(`${runs.refits.length} refit runs`);
  for (const run of runs.all) {
    if (run.info.status !== 'FINISHED') found.push(`${run.info.runName} is ${run.info.status}`);
  }
  const jobs = runs.all.map((run) => run.tags[TAGS.jobId]);
  if (new Set(jobs).size !== jobs.length) found.push('a job has two runs');
  const childIds = new Set(runs.children.map((run) => run.info.runId));
  for (const fold of runs.folds) {
    if (!childIds.has(fold.tags[TAGS.parentRunId] ?? '')) found.push(`${fold.info.runName} has no parent`);
  }
  return found;
}
