/** Folds that earlier searches have finished, by what they are: read once for a search, and held in bounds. */
import { LRUCache } from 'lru-cache';
import type { Reuse } from '../../queue/index.js';
import { type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';

/** Where results are taken from. */
export type From = NonNullable<Reuse['from']>;

/** Ids of fold runs by {@link foldName}. */
export type EarlierFolds = ReadonlyMap<string, string>;

/** A configuration on a fold. */
export const foldName = (hash: string, rows: string): string => `${hash} ${rows}`;

/** Folds that are kept in mind, some hundred bytes each; of more, those that were trained last. */
const MOST = 200_000;

/** Two: searches that take turns don't have them read again. */
const known = new LRUCache<string, Promise<EarlierFolds>>({ max: 2 });

/** Those that had ended by the time that is given. What has been deleted since is only known once it is read. */
export function earlierFolds(from: From, tracking: TrackingClient): Promise<EarlierFolds> {
  const name = `${tracking.uri} ${from.key} ${from.before}`;
  const found = known.get(name) ?? readAll(from, tracking);
  known.set(name, found);
  found.catch(() => known.delete(name));
  return found;
}

/** Whether there is any: one question, for all the searches that have nothing to take over. */
export async function hasEarlier(key: string, tracking: TrackingClient): Promise<boolean> {
  const query = await queryOf(key, tracking);
  return query !== undefined && (await tracking.searchRunsPage({ ...query, maxResults: 1 })).runs.length > 0;
}

async function readAll({ key, before }: From, tracking: TrackingClient): Promise<EarlierFolds> {
  const found = new Map<string, string>();
  const query = await queryOf(key, tracking);
  if (query === undefined) return found;
  for await (const run of tracking.searchRuns(query)) {
    const name = nameOf(run);
    if (name === undefined || (run.info.endTime ?? Number.POSITIVE_INFINITY) > before) continue;
    if (!found.has(name)) found.set(name, run.info.runId);
    if (found.size === MOST) break;
  }
  return found;
}

async function queryOf(key: string, tracking: TrackingClient) {
  const experimentIds = (await tracking.searchExperiments()).map(({ experimentId }) => experimentId);
  const filter = `${tagIs(TAGS.reuseKey, key)} and attributes.status = 'FINISHED'`;
  return experimentIds.length === 0 ? undefined : { experimentIds, filter };
}

/** Undefined of a run that is no fold's, or of a fold that was stopped before its last epoch. */
export function nameOf({ info, tags }: Run): string | undefined {
  const [hash, rows] = [tags[TAGS.configuration], tags[TAGS.foldRows]];
  const whole = info.status === 'FINISHED' && info.lifecycleStage === 'active';
  if (!whole || tags[TAGS.pruningEvidence] !== undefined) return undefined;
  return hash === undefined || rows === undefined ? undefined : foldName(hash, rows);
}
