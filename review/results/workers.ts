/** The workers that are there, as they tell of themselves, and the runs of what each is at. */
import type { Redis } from 'ioredis';
import { type PresentWorker, presentWorkers } from '../../queue/index.js';
import { ROLE, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';

export interface WorkerNow extends Omit<PresentWorker, 'jobs' | 'seconds' | 'processes'> {
  /** ms since 1970. */
  readonly since: number;
  /** Resident bytes of its training processes together; null where their system does not tell. */
  readonly memory: number | null;
  readonly jobs: readonly WorkNow[];
}

export interface WorkNow {
  readonly searchId: string;
  /** `lstm-3-fold-0`, `refit` */
  readonly run: string;
  /** The run of it, once it has one. */
  readonly runId: string | null;
  /** ms since 1970. */
  readonly since: number;
  /** Resident bytes of its process; null where that is not known. */
  readonly memory: number | null;
}

/** By name. */
export async function readWorkers(redis: Redis, client: TrackingClient): Promise<WorkerNow[]> {
  const workers = await presentWorkers(redis);
  const ids = new Set(workers.flatMap(({ jobs }) => jobs.map(({ searchId }) => searchId)));
  const runs = await lastRuns(
    client,
    [...ids].filter(isId).slice(0, MOST_SEARCHES),
    LEAST_RUNS + workers.reduce((sum, { jobs }) => sum + 2 * jobs.length, 0),
  );
  return workers.map(({ jobs, seconds, processes, ...worker }) => ({
    ...worker,
    since: ago(seconds),
    memory: sumOf(processes.map(({ bytes }) => bytes)),
    jobs: jobs.map(({ searchId, trial, fold, seconds, pid }) => ({
      searchId,
      run: fold === null ? 'refit' : `${trial}-fold-${fold}`,
      runId: runs.get(`${searchId}/${trial}/${fold ?? 'refit'}`) ?? null,
      since: ago(seconds),
      memory: processes.find((one) => one.pid === pid)?.bytes ?? null,
    })),
  }));
}

/** Searches whose runs are looked for; of more the names are told. */
const MOST_SEARCHES = 20;

/** Of a search so many runs are looked at, beside two for each job at hand. */
const LEAST_RUNS = 50;

/** What a worker says may be anybody's: ids of searches hold no quotes. */
const isId = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,80}$/.test(text);

const ago = (seconds: number): number => Math.round(Date.now() - seconds * 1000);

function sumOf(sizes: readonly (number | null)[]): number | null {
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0);
}

/** Folds and refits that were begun last, by search, configuration and fold. */
async function lastRuns(
  client: TrackingClient,
  searchIds: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, string>> {
  if (searchIds.length === 0) return new Map();
  const experimentIds = (await client.searchExperiments()).map(({ experimentId }) => experimentId);
  const found = await Promise.all(
    searchIds.flatMap((searchId) =>
      [ROLE.fold, ROLE.refit].map(async (role) => {
        // By their starts: what a worker told of a moment ago may have ended since.
        const { runs } = await client.searchRunsPage({
          experimentIds,
          filter: `${tagIs(TAGS.searchId, searchId)} and ${tagIs(TAGS.role, role)}`,
          orderBy: ['attributes.start_time DESC'],
          maxResults: role === ROLE.refit ? 1 : most,
        });
        return runs.map(({ info, tags }) => {
          const trial = info.runName.replace(/-(fold-\d+|refit)$/, '');
          return [
            `${searchId}/${trial}/${role === ROLE.refit ? role : tags[TAGS.fold]}`,
            info.runId,
          ] as const;
        });
      }),
    ),
  );
  return new Map(found.flat());
}
