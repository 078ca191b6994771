/** The trials of a search, best first, their folds, and the refit of the winner: read from tracking, page by page. */
import type { Configuration, SearchResult } from '../../queue/index.js';
import { isNotFound, ROLE, type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import {
  configurationOf,
  earlierAttempts,
  type FoldSummary,
  pruningStop,
  summaryOf,
  type TrialSummary,
} from './runs.js';
import type { SearchSummary } from './searches.js';

/** The trial that a child run is about. */
export const trialOf = (run: Run): TrialSummary => ({
  ...summaryOf(run),
  configuration: configurationOf(run),
  outcome: run.tags[TAGS.outcome],
  ...(run.tags[TAGS.pruned] !== undefined && { pruned: run.tags[TAGS.pruned] }),
  ...stopOf(run.tags[TAGS.pruningEvidence]),
  mean: run.metrics.mean_test_score,
  std: run.metrics.std_test_score,
});

const stopOf = (tag: string | undefined): Pick<TrialSummary, 'stop'> => {
  const stop = pruningStop(tag);
  return stop === undefined ? {} : { stop };
};

/** Equal trials that are put in the order of proposal together: more than an orchestrator hands out at a time. */
const MOST_TIED = 1000;

const rankedRuns = ({
  experimentId,
  runId,
  objective,
}: Pick<SearchSummary, 'experimentId' | 'runId' | 'objective'>) => ({
  experimentIds: [experimentId],
  filter: `${tagIs(TAGS.parentRunId, runId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
  orderBy: [
    `metrics.mean_test_score ${objective.direction === 'minimize' ? 'ASC' : 'DESC'}`,
    'attributes.start_time ASC',
  ],
});

/** Best first, failed ones last; of equal ones the first proposed, as when the winner is chosen. */
export async function* rankedTrials(
  client: TrackingClient,
  search: SearchSummary,
): AsyncGenerator<TrialSummary> {
  const inOrder = (trials: TrialSummary[]): TrialSummary[] =>
    trials.sort((a, b) => a.configuration.index - b.configuration.index);
  let tied: TrialSummary[] = [];
  for await (const run of client.searchRuns(rankedRuns(search))) {
    const trial = trialOf(run);
    if (tied.length === MOST_TIED || trial.mean !== tied[0]?.mean) {
      yield* inOrder(tied);
      tied = [];
    }
    tied.push(trial);
  }
  yield* inOrder(tied);
}

/** The best trials of a search; a search may have millions, so only these are read. */
export async function bestTrials(
  client: TrackingClient,
  search: SearchSummary,
  most: number,
): Promise<TrialSummary[]> {
  const trials: TrialSummary[] = [];
  for await (const trial of rankedTrials(client, search)) {
    trials.push(trial);
    if (trials.length === most) break;
  }
  return trials;
}

/** The fold that a run is about. */
export const foldOf = (run: Run): FoldSummary => ({
  ...summaryOf(run),
  fold: Number(run.tags[TAGS.fold]),
  ...(run.tags[TAGS.innerFold] !== undefined && { inner: run.tags[TAGS.innerFold] }),
  attempts: earlierAttempts(run),
  kept: prefixed('best_val_', run.metrics),
});

/** The folds of a trial, in their order. */
export async function foldsOf(
  client: TrackingClient,
  { experimentId }: SearchSummary,
  { runId }: Pick<TrialSummary, 'runId'>,
): Promise<FoldSummary[]> {
  const folds: FoldSummary[] = [];
  for await (const run of client.searchRuns({
    experimentIds: [experimentId],
    filter: `${tagIs(TAGS.parentRunId, runId)} and ${tagIs(TAGS.role, ROLE.fold)}`,
  })) {
    folds.push(foldOf(run));
  }
  return folds.sort((a, b) => a.fold - b.fold);
}

/** A trial as documents name it: the winner, or the best so far. */
export interface BestTrial {
  readonly childRunId: string;
  readonly configuration: Configuration;
  readonly mean: number;
  readonly std: number;
}

/** The winner; while there is none, the best of the trials that are complete. */
export async function bestOf(
  client: TrackingClient,
  search: Pick<SearchSummary, 'experimentId' | 'runId' | 'objective' | 'winnerRunId'>,
): Promise<BestTrial | null> {
  const { winnerRunId } = search;
  const run =
    winnerRunId === null
      ? (await client.searchRunsPage({ ...rankedRuns(search), maxResults: 1 })).runs[0]
      : await client.getRun(winnerRunId);
  if (run === undefined) return null;
  const { runId: childRunId, configuration, mean, std } = trialOf(run);
  return mean === undefined || std === undefined ? null : { childRunId, configuration, mean, std };
}

/** The refit of the winner, once it has started. */
export async function refitOf(
  client: TrackingClient,
  { experimentId, searchId }: SearchSummary,
): Promise<NonNullable<SearchResult['refit']> | null> {
  const { runs } = await client.searchRunsPage({
    experimentIds: [experimentId],
    filter: `${tagIs(TAGS.searchId, searchId)} and ${tagIs(TAGS.role, ROLE.refit)}`,
    maxResults: 1,
  });
  const run = runs[0];
  return run === undefined ? null : { runId: run.info.runId, testMetrics: prefixed('test_', run.metrics) };
}

/** The version that a search registered, with the aliases it has now. */
export async function registeredBy(
  client: TrackingClient,
  { registered }: SearchSummary,
): Promise<NonNullable<SearchResult['registered']> | null> {
  if (registered === null) return null;
  const { name, version } = registered;
  try {
    const { aliases } = await client.getModelVersion(name, version);
    return { name, version, aliases: [...aliases] };
  } catch (error) {
    // It may have been deleted since.
    if (!isNotFound(error)) throw error;
    return { name, version, aliases: [] };
  }
}

/** The metrics whose names begin so, by the rest of their names. */
const prefixed = (prefix: string, metrics: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
