/** What speaks for the winner of a search, and against: all that CLI, page, report and JSON say about it comes from here. */
import type { Configuration, NestedResult, SearchResult } from '../../queue/index.js';
import {
  type BaselineScores,
  baselinesOf,
  isNotFound,
  type ModelVersion,
  TAGS,
  type TrackingClient,
} from '../../tracking/client/index.js';
import { bestSoFar, type Importance, importances, isBetter, paretoFront } from '../analysis/index.js';
import { type TrialTable, trialTable } from './columns.js';
import { type Comparisons, compareTrials } from './comparisons.js';
import { readNested } from './nested.js';
import { hasEnded, type TrialSummary } from './runs.js';
import type { SearchSummary } from './searches.js';
import { termsOf } from './terms.js';
import { rankedTrials, refitOf } from './trials.js';
import { verdictOf } from './verdict.js';

/** Cross-validations whose folds are drawn, and could be drawn anew; of all others they follow from the data. */
const DRAWN: ReadonlySet<unknown> = new Set([
  'stratified_k_fold',
  'k_fold',
  'repeated_stratified_k_fold',
  'hold_out',
]);

/** Trials that are compared: the best of them. */
const MOST = 10_000;

/** What a score must beat to be worth anything. */
export interface Baseline {
  readonly name: string;
  /** Over the same folds as the trials. */
  readonly mean: number;
  readonly std: number;
  /** On the test rows. */
  readonly test: number;
  /** Whether the winner is better over the folds and, once it is measured there, on the test rows; null without a winner. */
  readonly beaten: boolean | null;
}

/** Plain values, ready for JSON; rows are places in the columns. */
export interface Evidence extends TrialTable, Comparisons {
  readonly objective: SearchSummary['objective'];
  /** Whether nothing changes any more. */
  readonly ended: boolean;
  /** Of a search that was cut: by whom or what, and how much was seen. */
  readonly cut: string | null;
  /** Folds that it took over from earlier searches. */
  readonly reused: SearchSummary['reused'];
  /** Trials beyond the most that are compared. */
  readonly leftOut: number;
  /** The winner, or the best so far. */
  readonly winner: number | null;
  readonly refit: NonNullable<SearchResult['refit']> | null;
  /** The objective of the refit winner on the test rows. */
  readonly testScore: number | null;
  readonly registered: Registered | null;
  readonly baselines: readonly Baseline[];
  /** Of nested cross-validation: what the search is worth as a whole, once it has ended. */
  readonly nested: NestedResult | null;
  readonly importances: readonly Importance[];
  /** Rows that no other beats in score without taking longer, fastest first. */
  readonly pareto: readonly number[];
  /** Rows that were the best when they ended, in that order. */
  readonly bestSoFar: readonly number[];
  /** Sentences; the first says what won. */
  readonly verdict: readonly string[];
}

/** The version that a search registered, as it stands now. */
export interface Registered {
  readonly name: string;
  readonly version: string;
  readonly aliases: readonly string[];
  /** Why it is champion or challenger. */
  readonly why: string | null;
}

/**
 * Reads a search's trials and draws the conclusions.
 *
 * @param cost - What a configuration costs, in any unit: of those that are as good as the winner, the cheapest is the simplest.
 */
export async function readEvidence(
  client: TrackingClient,
  search: SearchSummary,
  cost: (configuration: Configuration) => number,
): Promise<Evidence> {
  const [{ trials, leftOut }, refit, registered, baselines, nested] = await Promise.all([
    bestOnes(client, search),
    refitOf(client, search),
    registeredVersion(client, search),
    client.getRun(search.runId).then(({ tags }) => baselinesOf(tags[TAGS.baselines])),
    readNested(client, search),
  ]);
  return evidenceOf(search, trials, { leftOut, refit, registered, baselines, nested, cost });
}

async function bestOnes(
  client: TrackingClient,
  search: SearchSummary,
): Promise<{ trials: TrialSummary[]; leftOut: number }> {
  const trials: TrialSummary[] = [];
  for await (const trial of rankedTrials(client, search)) {
    if (trials.length === MOST) return { trials, leftOut: search.trials - MOST };
    trials.push(trial);
  }
  return { trials, leftOut: 0 };
}

async function registeredVersion(
  client: TrackingClient,
  { registered }: SearchSummary,
): Promise<Registered | null> {
  if (registered === null) return null;
  const { name, version } = registered;
  const found: Pick<ModelVersion, 'aliases' | 'tags'> = await client
    .getModelVersion(name, version)
    .catch((error: unknown) => {
      // It may have been deleted since.
      if (!isNotFound(error)) throw error;
      return { aliases: [], tags: {} };
    });
  return { name, version, aliases: [...found.aliases], why: found.tags[TAGS.verdict] ?? null };
}

/** What tracking knows beside the trials. */
interface Known {
  readonly leftOut: number;
  readonly refit: Evidence['refit'];
  readonly registered: Registered | null;
  readonly baselines: readonly BaselineScores[];
  /** @defaultValue null */
  readonly nested?: NestedResult | null;
  readonly cost: (configuration: Configuration) => number;
}

/** The same from trials that were read already, best first. */
export function evidenceOf(
  search: SearchSummary,
  trials: readonly TrialSummary[],
  { leftOut, refit, registered, baselines, nested = null, cost }: Known,
): Evidence {
  const { objective, winnerRunId } = search;
  const { direction, metric } = objective;
  const table = trialTable(trials, search.foldsOfTrial ?? 0, termsOf(search).generation);
  const { mean, fitSeconds, endTime } = table.columns;
  const crowned = trials.findIndex(({ runId, mean }) => mean !== undefined && runId === winnerRunId);
  const first = crowned === -1 ? mean.findIndex((one) => one !== null) : crowned;
  const winner = first === -1 ? null : first;
  const measured = refit?.testMetrics[metric];
  const testScore = measured === undefined || Number.isNaN(measured) ? null : measured;
  const numbers = (column: readonly (number | null)[]): number[] => column.map((one) => one ?? Number.NaN);
  const scored = trials.flatMap(({ configuration: { model, parameters }, mean }) =>
    mean === undefined || Number.isNaN(mean) ? [] : [{ model, parameters, score: mean }],
  );
  const beats = ({ mean: folds, test }: BaselineScores): boolean =>
    isBetter(mean[winner!]!, folds, direction) &&
    (testScore === null || isBetter(testScore, test, direction));
  const all = {
    ...table,
    ...compareTrials(table.columns, winner, {
      direction,
      splits: Number(search.params.n_splits),
      repeatable: DRAWN.has(search.params.cv),
      costs: trials.map(({ configuration }) => cost(configuration)),
    }),
    objective,
    ended: hasEnded(search.status),
    cut: search.cut,
    reused: search.reused,
    leftOut,
    winner,
    refit,
    testScore,
    registered,
    baselines: baselines.map((one) => ({ ...one, beaten: winner === null ? null : beats(one) })),
    nested,
    importances: importances(scored, direction),
    pareto: paretoFront(numbers(mean), numbers(fitSeconds), direction),
    bestSoFar: bestSoFar(numbers(endTime), numbers(mean), direction),
  };
  return { ...all, verdict: verdictOf(all) };
}
