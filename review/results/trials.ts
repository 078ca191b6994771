/** The trials of a search, best first, their folds, and the refit of the winner: read from tracking, page by page. */
import { ROLE, type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import { type FoldSummary, type RunSummary, summaryOf, type TrialSummary } from './runs.js';
import type { SearchSummary } from './searches.js';

const trialOf = (run: Run): TrialSummary => ({
  ...summaryOf(run),
  index: Number(run.tags[TAGS.index]),
  mean: run.metrics.mean_test_score,
  std: run.metrics.std_test_score,
});

/** Equal trials that are put in the order of proposal together: more than an orchestrator hands out at a time. */
const MOST_TIED = 1000;

/** Best first, failed ones last; of equal ones the first proposed, as when the winner is chosen. */
export async function* rankedTrials(
  client: TrackingClient,
  search: SearchSummary,
): AsyncGenerator<TrialSummary> {
  const direction = search.objective.direction === 'minimize' ? 'ASC' : 'DESC';
  const inOrder = (trials: TrialSummary[]): TrialSummary[] => trials.sort((a, b) => a.index - b.index);
  let tied: TrialSummary[] = [];
  for await (const run of client.searchRuns({
    experimentIds: [search.experimentId],
    filter: `${tagIs(TAGS.parentRunId, search.runId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
    orderBy: [`metrics.mean_test_score ${direction}`, 'attributes.start_time ASC'],
  })) {
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

/** The folds of a trial, in their order. */
export async function foldsOf(
  client: TrackingClient,
  { experimentId }: SearchSummary,
  { runId }: TrialSummary,
): Promise<FoldSummary[]> {
  const folds: FoldSummary[] = [];
  for await (const run of client.searchRuns({
    experimentIds: [experimentId],
    filter: `${tagIs(TAGS.parentRunId, runId)} and ${tagIs(TAGS.role, ROLE.fold)}`,
  })) {
    folds.push({ ...summaryOf(run), fold: Number(run.tags[TAGS.fold]) });
  }
  return folds.sort((a, b) => a.fold - b.fold);
}

/** The trial that won, once there is one. */
export async function winnerOf(
  client: TrackingClient,
  { winnerRunId }: SearchSummary,
): Promise<TrialSummary | undefined> {
  return winnerRunId === null ? undefined : trialOf(await client.getRun(winnerRunId));
}

/** The refit of the winner, once it has started. */
export async function refitOf(
  client: TrackingClient,
  { experimentId, searchId }: SearchSummary,
): Promise<RunSummary | undefined> {
  const { runs } = await client.searchRunsPage({
    experimentIds: [experimentId],
    filter: `${tagIs(TAGS.searchId, searchId)} and ${tagIs(TAGS.role, ROLE.refit)}`,
    maxResults: 1,
  });
  return runs[0] && summaryOf(runs[0]);
}
