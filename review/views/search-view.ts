/** One search for the page: what came of it, and a row for each of its configurations, column by column. */

import type { Configuration } from '../../queue/index.js';
import { baselinesOf, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import type { SearchItem, SearchView } from '../page/api.js';
import {
  bestOf,
  type Evidence,
  evidenceOf,
  jobsOfTrial,
  readBudget,
  readNested,
  refitOf,
  registeredBy,
  type SearchProgress,
  type SearchStatus,
  type SearchSummary,
  type TrialSummary,
  termsOf,
} from '../results/index.js';
import { lineageOf } from './lineage.js';
import { type Facts, failureSentence, verdictOf } from './verdict.js';

/** What is known of a search before its view is made. */
export interface ToShow {
  readonly search: SearchSummary;
  /** Where it stands. */
  readonly item: SearchItem;
  /** While the queue has it. */
  readonly progress?: SearchProgress | undefined;
  readonly control?: SearchStatus['control'];
  /** Best first. */
  readonly trials: readonly TrialSummary[];
  /** So many of them are read. */
  readonly most: number;
  /** What a configuration costs, in any unit. */
  readonly cost: (configuration: Configuration) => number;
  /** How many numbers a model of it holds. */
  readonly size: (configuration: Configuration) => number;
}

export async function searchView(
  client: TrackingClient,
  { search, item, progress, control, trials, most, cost, size }: ToShow,
): Promise<SearchView> {
  const [best, refit, registered, { tags }, budget] = await Promise.all([
    bestOf(client, search),
    refitOf(client, search),
    registeredBy(client, search),
    client.getRun(search.runId),
    readBudget(client, search, progress, control),
  ]);
  const verdictTag = registered === null ? undefined : await verdictTagOf(client, registered);
  const nested = await readNested(client, search);
  const facts: Facts = { search, item, best, refit, registered, verdictTag };
  // What `show` says, from the same function.
  const evidence = evidenceOf(search, trials, {
    // Of fewer the others have not been handed out, or never will be.
    leftOut: trials.length < most ? 0 : Math.max(0, search.trials - trials.length),
    refit,
    registered: registered && { ...registered, why: verdictTag ?? null },
    baselines: baselinesOf(tags[TAGS.baselines]),
    nested,
    cost,
  });
  return {
    search: item,
    verdict:
      search.winnerRunId === null ? verdictOf(facts) : [...evidence.verdict, ...failureSentence(facts)],
    warnings: search.warnings,
    lineage: lineageOf(facts),
    terms: termsOf(search),
    budget,
    cut: search.cut,
    foldsOfTrial: jobsOfTrial(search) ?? null,
    winnerRunId: search.winnerRunId,
    datasetDigest: search.datasetDigest,
    varying: evidence.varying,
    shared: evidence.shared,
    leftOut: evidence.leftOut,
    columns: evidence.columns,
    evidence: {
      ...forPage(evidence),
      sizes: trials.map(({ configuration }) => size(configuration)),
    },
  };
}

/** Without what the columns tell already. */
const forPage = ({
  winner,
  testScore,
  against: { difference, low, high, p, alike, cost },
  rule,
  standardError,
  simplest,
  baselines,
  importances,
  pareto,
  bestSoFar,
}: Evidence): Omit<SearchView['evidence'], 'sizes'> => ({
  winner,
  testScore,
  against: { difference, low, high, p, alike, cost },
  rule,
  standardError,
  simplest,
  baselines,
  importances,
  pareto,
  bestSoFar,
});

/** Why the version is champion or challenger; nothing when it has been deleted since. */
async function verdictTagOf(
  client: TrackingClient,
  { name, version, aliases }: { name: string; version: string; aliases: readonly string[] },
): Promise<string | undefined> {
  if (aliases.length === 0) return undefined;
  return (await client.getModelVersion(name, version)).tags[TAGS.verdict];
}
