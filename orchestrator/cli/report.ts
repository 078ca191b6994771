/** A finished search as the terminal shows it, read from tracking alone. */
import type { Run, TrackingClient } from '../../tracking/client/index.js';
import { ROLE, TAGS, tagIs } from '../../tracking/client/index.js';
import { InputError } from './errors.js';
import { fixed, spread, table, varying } from './render.js';

/** What is shown of one search: a search may have millions of runs, so only these are read. */
export interface SearchRuns {
  readonly parent: Run;
  /** The best, best first; failed ones last. */
  readonly children: readonly Run[];
  /** How many children there are in all. */
  readonly total: number;
  /** Fold runs by child run id, in fold order. */
  readonly folds: ReadonlyMap<string, readonly Run[]>;
  readonly refit?: Run;
}

/**
 * Finds a search by its id, its parent run's id, the name of its search space (the newest of that name), or by a
 * unique beginning of the id.
 */
export async function findSearch(client: TrackingClient, search: string): Promise<Run> {
  const parents = await parentRuns(client);
  const exact = parents.find(({ info, tags }) => tags[TAGS.searchId] === search || info.runId === search);
  if (exact !== undefined) return exact;
  const experiment = (await client.searchExperiments()).find(({ name }) => name === search);
  const newest = parents.find(({ info }) => info.experimentId === experiment?.experimentId);
  if (newest !== undefined) return newest;
  const matches = parents.filter(({ tags }) => tags[TAGS.searchId]?.startsWith(search));
  if (matches.length === 1) return matches[0]!;
  if (matches.length > 1) {
    throw new InputError(
      `"${search}" fits ${matches.length} searches: ${matches.map((run) => run.tags[TAGS.searchId]).join(', ')}`,
    );
  }
  throw new InputError(`no search "${search}" here; \`gridsearch status\` lists them`);
}

/** The parent runs of all searches, newest first. */
export async function parentRuns(client: TrackingClient): Promise<Run[]> {
  const experimentIds = (await client.searchExperiments()).map((experiment) => experiment.experimentId);
  const runs: Run[] = [];
  if (experimentIds.length === 0) return runs;
  for await (const run of client.searchRuns({ experimentIds, filter: tagIs(TAGS.role, ROLE.parent) })) {
    runs.push(run);
  }
  return runs;
}

/** Columns of the table are the parameters in which so many of the best children differ; one page of them. */
const COMPARED = 1000;

/** The best children of a search and the folds of the very best. */
export async function searchRuns(
  client: TrackingClient,
  parent: Run,
  shown: { children: number; folds: number },
): Promise<SearchRuns> {
  const enough = Math.max(shown.children, COMPARED);
  const children: Run[] = [];
  for await (const child of rankedChildren(client, parent)) {
    children.push(child);
    if (children.length === enough) break;
  }
  const total = children.length < enough ? children.length : Number(parent.tags[TAGS.trials]);
  const folds = new Map<string, Run[]>();
  for (const { info } of children.slice(0, shown.folds)) {
    folds.set(info.runId, await foldsOf(client, parent, info.runId));
  }
  const refit = await refitOf(client, parent);
  return { parent, children, total, folds, ...(refit && { refit }) };
}

/** Equal children that are put in the grid's order together: more than an orchestrator hands out at a time. */
const MOST_TIED = 1000;

/** The children of a search, best first, failed ones last; of equal ones the first in the grid, as when selecting. */
export async function* rankedChildren(client: TrackingClient, parent: Run): AsyncGenerator<Run> {
  const direction = parent.tags[TAGS.direction] === 'minimize' ? 'ASC' : 'DESC';
  const byIndex = (a: Run, b: Run): number => Number(a.tags[TAGS.index]) - Number(b.tags[TAGS.index]);
  let tied: Run[] = [];
  for await (const run of client.searchRuns({
    experimentIds: [parent.info.experimentId],
    filter: `${tagIs(TAGS.parentRunId, parent.info.runId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
    orderBy: [`metrics.mean_test_score ${direction}`, 'attributes.start_time ASC'],
  })) {
    const score = tied[0]?.metrics.mean_test_score;
    if (tied.length === MOST_TIED || run.metrics.mean_test_score !== score) {
      yield* tied.sort(byIndex);
      tied = [];
    }
    tied.push(run);
  }
  yield* tied.sort(byIndex);
}

/** The fold runs of one child, in fold order. */
export async function foldsOf(client: TrackingClient, parent: Run, childRunId: string): Promise<Run[]> {
  const folds: Run[] = [];
  for await (const run of client.searchRuns({
    experimentIds: [parent.info.experimentId],
    filter: `${tagIs(TAGS.parentRunId, childRunId)} and ${tagIs(TAGS.role, ROLE.fold)}`,
  })) {
    folds.push(run);
  }
  return folds.sort((a, b) => Number(a.tags[TAGS.fold]) - Number(b.tags[TAGS.fold]));
}

/** The refit of the winner, once it has started. */
export async function refitOf(client: TrackingClient, parent: Run): Promise<Run | undefined> {
  const page = await client.searchRunsPage({
    experimentIds: [parent.info.experimentId],
    filter: `${tagIs(TAGS.searchId, parent.tags[TAGS.searchId]!)} and ${tagIs(TAGS.role, ROLE.refit)}`,
    maxResults: 1,
  });
  return page.runs[0];
}

/** The ranked table of children: rank, score, what distinguishes them, times. */
export function childrenTable({ parent, children, total }: SearchRuns, limit: number): string {
  const metric = parent.tags[TAGS.objective] ?? 'score';
  const differing = varying(children.map((run) => run.params));
  const shown = children.slice(0, limit);
  const text = table(
    ['rank', `mean ${metric}`, ...differing, 'fit s', 'status', 'child run'],
    shown.map((run, i) => [
      run.info.status === 'FINISHED' ? i + 1 : '–',
      spread(run.metrics.mean_test_score, run.metrics.std_test_score),
      ...differing.map((name) => run.params[name] ?? '–'),
      run.metrics.mean_fit_time === undefined ? '–' : run.metrics.mean_fit_time.toFixed(2),
      run.info.status,
      run.info.runId,
    ]),
  );
  return total > shown.length ? `${text}\n… and ${total - shown.length} more` : text;
}

/** Each fold of the best children with its own score. */
export function foldsTable({ parent, children, folds }: SearchRuns): string {
  const metric = parent.tags[TAGS.objective] ?? 'score';
  return table(
    ['child', 'fold', metric, 'loss', 'accuracy', 'best epoch', 'status', 'fold run'],
    children.flatMap((child) =>
      (folds.get(child.info.runId) ?? []).map((fold) => [
        child.info.runName,
        fold.tags[TAGS.fold],
        fixed(fold.metrics.score),
        fixed(fold.metrics.val_loss),
        fixed(fold.metrics.val_accuracy),
        fold.metrics.best_epoch ?? '–',
        fold.info.status,
        fold.info.runId,
      ]),
    ),
  );
}
