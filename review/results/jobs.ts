/** What each worker did when, read from the fold and refit runs of a search. */
import { begunAt, ROLE, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import { reusedFrom } from './runs.js';
import type { SearchSummary } from './searches.js';
import { foldOf } from './trials.js';

export interface JobRun {
  readonly runId: string;
  /** Host and process, as far as the run tells. */
  readonly worker: string;
  /** Short name of the configuration. */
  readonly name: string;
  /** null for the refit. */
  readonly fold: number | null;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number | null;
  /** How many attempts came before it. */
  readonly earlier: number;
}

/** The first so many jobs, by their starts. */
export async function jobsOf(
  client: TrackingClient,
  { experimentId, searchId }: SearchSummary,
  most: number,
): Promise<JobRun[]> {
  const jobs: JobRun[] = [];
  for (const role of [ROLE.fold, ROLE.refit]) {
    for await (const run of client.searchRuns({
      experimentIds: [experimentId],
      filter: `${tagIs(TAGS.searchId, searchId)} and ${tagIs(TAGS.role, role)}`,
      orderBy: ['attributes.start_time ASC'],
    })) {
      if (jobs.length >= most) break;
      // No worker was at it.
      if (reusedFrom(run) !== undefined) continue;
      const { info, tags } = run;
      const { runName, attempts } = foldOf(run);
      jobs.push({
        runId: info.runId,
        worker: tags[TAGS.worker] ?? tags[TAGS.host] ?? 'unknown',
        name: runName.replace(/-(fold-\d+|refit)$/, ''),
        fold: role === ROLE.fold ? Number(tags[TAGS.fold]) : null,
        status: info.status,
        startTime: begunAt(run),
        endTime: info.endTime ?? null,
        earlier: attempts.length,
      });
    }
  }
  return jobs.sort((a, b) => a.startTime - b.startTime);
}
