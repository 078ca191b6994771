/** The searches that tracking knows, and finding one of them. */
import { z } from 'zod';
import {
  ownParams,
  ROLE,
  type Run,
  TAGS,
  type TrackingClient,
  tagIs,
  warningsOf,
} from '../../tracking/client/index.js';
import { type RunSummary, summaryOf } from './runs.js';

/** A search as its parent run tells of it. */
export interface SearchSummary extends RunSummary {
  readonly searchId: string;
  readonly experimentId: string;
  readonly objective: { readonly metric: string; readonly direction: 'maximize' | 'minimize' };
  readonly datasetDigest: string;
  /** What misleads in the data or the outcome, one line each. */
  readonly warnings: readonly string[];
  /** Of one that was cut: by whom or what, and how much was seen. */
  readonly cut: string | null;
  /** What it had used of its time when its training ended, ms; null before, and where that is not limited. */
  readonly usedMs: number | null;
  /** Configurations that constraints left out; null where there are none, or nobody can count them. */
  readonly removed: number | null;
  /** Folds that it took over from earlier searches, by their ids; null before its end, and where there are none. */
  readonly reused: { readonly folds: number; readonly from: readonly string[] } | null;
  /** The search that it goes beyond, or whose failed part it tried again. */
  readonly extends: string | null;
  readonly retryOf: string | null;
  /** Trials and folds in all. */
  readonly trials: number;
  readonly folds: number;
  /** Folds that score a trial; undefined while the parent run has no parameters yet. */
  readonly foldsOfTrial: number | undefined;
  readonly winnerRunId: string | null;
  readonly registered: { readonly name: string; readonly version: string } | null;
}

/** No search, or several, are called what the person asked for. */
export class UnknownSearchError extends Error {
  override readonly name = 'UnknownSearchError';
}

function searchOf(parent: Run): SearchSummary {
  const { tags, info } = parent;
  const params = ownParams(parent.params);
  const foldsOfTrial = Number(params.n_splits) * Number(params.n_repeats ?? 1);
  return {
    ...summaryOf({ ...parent, params }),
    searchId: tags[TAGS.searchId] ?? '',
    experimentId: info.experimentId,
    objective: {
      metric: tags[TAGS.objective] ?? 'score',
      direction: tags[TAGS.direction] === 'minimize' ? 'minimize' : 'maximize',
    },
    datasetDigest: tags[TAGS.datasetDigest] ?? '',
    warnings: warningsOf(tags[TAGS.warnings]),
    cut: tags[TAGS.cut] || null,
    usedMs: wholeNumber(tags[TAGS.usedMs]),
    removed: wholeNumber(tags[TAGS.removed]),
    reused: reusedIn(tags[TAGS.reused]),
    extends: tags[TAGS.extends] || null,
    retryOf: tags[TAGS.retryOf] || null,
    trials: Number(tags[TAGS.trials]),
    folds: Number(tags[TAGS.folds]),
    foldsOfTrial: Number.isNaN(foldsOfTrial) ? undefined : foldsOfTrial,
    winnerRunId: tags[TAGS.bestChild] ?? null,
    registered: versionOf(tags[TAGS.registered]),
  };
}

const wholeNumber = (tag: string | undefined): number | null =>
  tag !== undefined && /^\d{1,15}$/.test(tag) ? Number(tag) : null;

const reused = z.object({ folds: z.int().positive(), from: z.array(z.string()) });

/** What stands there may be anybody's. */
function reusedIn(tag: string | undefined): SearchSummary['reused'] {
  try {
    return reused.parse(JSON.parse(tag ?? ''));
  } catch {
    return null;
  }
}

/** Names of models hold no slash. */
function versionOf(tag: string | undefined): SearchSummary['registered'] {
  const [name, version] = tag?.split('/') ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}

/** Folds of a trial, those that don't score it too; undefined while that is not known. */
export function jobsOfTrial({
  trials,
  folds,
  foldsOfTrial,
}: Pick<SearchSummary, 'trials' | 'folds' | 'foldsOfTrial'>): number | undefined {
  return trials > 0 ? Math.round(folds / trials) : foldsOfTrial;
}

/** All searches, newest first. */
export async function listSearches(client: TrackingClient): Promise<SearchSummary[]> {
  const experimentIds = (await client.searchExperiments()).map((experiment) => experiment.experimentId);
  const searches: SearchSummary[] = [];
  if (experimentIds.length === 0) return searches;
  for await (const run of client.searchRuns({ experimentIds, filter: tagIs(TAGS.role, ROLE.parent) })) {
    searches.push(searchOf(run));
  }
  return searches;
}

/** A search by its parent run. */
export async function readSearch(client: TrackingClient, parentRunId: string): Promise<SearchSummary> {
  return searchOf(await client.getRun(parentRunId));
}

/** Searches that a person is shown of those that fit a beginning. */
const MOST_NAMED = 5;

/**
 * Finds a search by its id, its parent run's id, the name of its search space (the newest of that name), or by a
 * unique beginning of the id.
 *
 * @throws UnknownSearchError
 */
export async function findSearch(client: TrackingClient, asked: string): Promise<SearchSummary> {
  const searches = await listSearches(client);
  const exact = searches.find(({ searchId, runId }) => searchId === asked || runId === asked);
  if (exact !== undefined) return exact;
  const experiment = (await client.searchExperiments()).find(({ name }) => name === asked);
  const newest = searches.find(({ experimentId }) => experimentId === experiment?.experimentId);
  if (newest !== undefined) return newest;
  const matches = searches.filter(({ searchId }) => searchId.startsWith(asked));
  if (matches.length === 1) return matches[0]!;
  if (matches.length > 1) {
    const newest = matches.slice(0, MOST_NAMED).map(({ searchId }) => searchId);
    const more = matches.length - newest.length;
    throw new UnknownSearchError(
      `"${asked}" fits ${matches.length} searches: ${newest.join(', ')}${more === 0 ? '' : ` and ${more} older`}; give more of the id`,
    );
  }
  throw new UnknownSearchError(`no search "${asked}" here; \`gridsearch status\` lists them`);
}
