/** The searches, as the page lists them. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { estimateNow } from '../../../orchestrator/app/index.js';
import type { TrackingClient } from '../../../tracking/client/index.js';
import {
  generationNow,
  hasEnded,
  listSearches,
  type Presence,
  queuePositions,
  readPresence,
  readStatus,
  readWorkers,
  type SearchStatus,
  type SearchSummary,
  secondsUnderWay,
} from '../../results/index.js';
import { itemOf, numberOrNull } from '../../views/index.js';
import type { SearchItem, SearchList } from '../api.js';

/** What the page reads. */
export interface Sources {
  readonly client: TrackingClient;
  readonly redis: Redis;
  readonly searches: Queue;
}

export async function searchList(sources: Sources): Promise<SearchList> {
  const [found, known, workers] = await Promise.all([
    listSearches(sources.client),
    readKnown(sources),
    readWorkers(sources.redis, sources.client),
  ]);
  const searches = await Promise.all(
    found.map(async (search) => inLine(await statusOf(sources, search, known.presence), known)),
  );
  return { searches, workers };
}

/** Where one search stands. */
export async function searchItem(
  sources: Sources,
  search: SearchSummary,
): Promise<{ item: SearchItem; status: SearchStatus }> {
  const known = await readKnown(sources, hasEnded(search.status));
  const status = await statusOf(sources, search, known.presence);
  return { item: inLine(status, known), status };
}

/** What is true of all searches at once. */
interface Known {
  readonly presence: Presence | undefined;
  readonly positions: ReadonlyMap<string, number>;
  /** By the experiment's id. */
  readonly names: ReadonlyMap<string, string>;
}

/** @param ended - Nothing of the queue matters to a search that has ended. */
async function readKnown({ client, redis, searches }: Sources, ended = false): Promise<Known> {
  const [presence, positions, names] = await Promise.all([
    ended ? undefined : readPresence(redis),
    ended ? new Map<string, number>() : queuePositions(searches),
    experimentNames(client),
  ]);
  return { presence, positions, names };
}

const statusOf = (
  { client, searches, redis }: Sources,
  search: SearchSummary,
  presence: Presence | undefined,
): Promise<SearchStatus> => readStatus({ client, searches, redis, presence }, search);

async function experimentNames(client: TrackingClient): Promise<ReadonlyMap<string, string>> {
  const experiments = await client.searchExperiments();
  return new Map(experiments.map(({ experimentId, name }) => [experimentId, name]));
}

const inLine = (status: SearchStatus, { names, positions }: Known): SearchItem =>
  itemOf(status, {
    name: names.get(status.search.experimentId),
    ...speedOf(status),
    generation: generationNow(status),
    queuePosition: positions.get(status.search.searchId) ?? null,
  });

function speedOf(status: SearchStatus): Pick<SearchItem, 'secondsLeft' | 'perMinute'> {
  const { state, trials, progress, control } = status;
  if (state !== 'running' || progress === undefined) return { secondsLeft: null, perMinute: null };
  const seconds = secondsUnderWay(status);
  return {
    secondsLeft: numberOrNull(estimateNow(progress, seconds, control?.pausedMs).left),
    perMinute: numberOrNull(((trials.settled ?? 0) / seconds) * 60),
  };
}
