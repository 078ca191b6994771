/** What goes into a report: the answers that the page's search view would have asked a server for. */
import type { Configuration } from '../../queue/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { ReportData } from '../page/api.js';
import { bestTrials, refitOf, type SearchState, type SearchSummary } from '../results/index.js';
import { itemOf, runView, searchView, timelineOf } from '../views/index.js';
import { reportHtml } from './html.js';

export interface ReportOptions {
  /** Where the search stands. */
  readonly state: SearchState;
  /** What a configuration costs, in any unit: of those that are as good as the winner, the cheapest is the simplest. */
  readonly cost: (configuration: Configuration) => number;
  /** How many numbers a model of it holds. */
  readonly size: (configuration: Configuration) => number;
}

/** Mail and MLflow's own page should open it: so much of a large search is in it, the best configurations. */
const MOST = { configurations: 2000, jobs: 10_000, runs: 5 } as const;

/** Reads a search and makes its report, as HTML. */
export async function searchReport(
  client: TrackingClient,
  search: SearchSummary,
  { state, cost, size }: ReportOptions,
): Promise<string> {
  const [trials, experiments, refit, timeline] = await Promise.all([
    bestTrials(client, search, MOST.configurations),
    client.searchExperiments(),
    refitOf(client, search),
    timelineOf(client, search, MOST.jobs),
  ]);
  const name = experiments.find(({ experimentId }) => experimentId === search.experimentId)?.name;
  const item = itemOf(
    {
      search,
      state,
      step: 'ended',
      trials: { total: search.trials, settled: null },
      folds: { total: search.folds, settled: null },
      bestMean: search.metrics.best_cv_score ?? trials[0]?.mean ?? null,
      failure: search.failure ?? null,
      control: undefined,
    },
    { name, secondsLeft: null, perMinute: null, queuePosition: null, generation: null },
  );
  const view = await searchView(client, { search, item, trials, most: MOST.configurations, cost, size });
  const best = trials.slice(0, MOST.runs);
  const runIds = [search.runId, ...best.map(({ runId }) => runId), ...(refit === null ? [] : [refit.runId])];
  const runs = await Promise.all(runIds.map((runId) => runView(client, runId)));
  const start = `/searches/${encodeURIComponent(search.searchId)}`;
  const data: ReportData = {
    searchId: search.searchId,
    start,
    made: Date.now(),
    configurations: best.length,
    answers: {
      [start]: view,
      [`${start}/timeline`]: timeline,
      ...Object.fromEntries(runs.map((run) => [`/runs/${run.runId}`, run])),
    },
  };
  return reportHtml(data, { title: item.name, sentences: [...view.verdict, ...view.warnings] });
}
