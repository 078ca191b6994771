/** A finished search as the terminal shows it, read from tracking alone. */
import { PARENT_RUN_TAG, ROLE, TAGS, tagIs } from '../../queue/index.js';
import type { Run, TrackingClient } from '../../tracking/client/index.js';
import { InputError } from './errors.js';
import { fixed, spread, table, varying } from './render.js';

/** Parent, children and folds of one search. */
export interface SearchRuns {
  readonly parent: Run;
  /** Best first; failed ones last. */
  readonly children: readonly Run[];
  /** Fold runs by child run id, in fold order. */
  readonly folds: ReadonlyMap<string, readonly Run[]>;
  readonly refit?: Run;
}

/** Finds a search by its id or its parent run's id, or by a unique beginning of the id. */
export async function findSearch(client: TrackingClient, search: string): Promise<Run> {
  const matches: Run[] = [];
  for (const run of await parentRuns(client)) {
    const id = run.tags[TAGS.searchId] ?? '';
    if (id === search || run.info.runId === search) return run;
    if (id.startsWith(search)) matches.push(run);
  }
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

/** All runs of a search. */
export async function searchRuns(client: TrackingClient, parent: Run): Promise<SearchRuns> {
  const experimentIds = [parent.info.experimentId];
  const searchId = parent.tags[TAGS.searchId]!;
  const direction = parent.tags[TAGS.direction] === 'minimize' ? 'ASC' : 'DESC';
  const children: Run[] = [];
  const folds = new Map<string, Run[]>();
  let refit: Run | undefined;
  for await (const run of client.searchRuns({
    experimentIds,
    filter: tagIs(TAGS.searchId, searchId),
    orderBy: [`metrics.mean_test_score ${direction}`],
  })) {
    const role = run.tags[TAGS.role];
    if (role === ROLE.trial) children.push(run);
    if (role === ROLE.refit) refit = run;
    if (role === ROLE.fold) {
      const child = run.tags[PARENT_RUN_TAG] ?? '';
      folds.set(child, [...(folds.get(child) ?? []), run]);
    }
  }
  const index = (run: Run): number => Number(run.tags[TAGS.index]);
  const score = (run: Run): number => run.metrics.mean_test_score ?? Number.NaN;
  children.sort((a, b) => {
    const [x, y] = [score(a), score(b)];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return index(a) - index(b);
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return direction === 'DESC' ? y - x : x - y;
  });
  for (const list of folds.values()) {
    list.sort((a, b) => Number(a.tags[TAGS.fold]) - Number(b.tags[TAGS.fold]));
  }
  return { parent, children, folds, ...(refit && { refit }) };
}

/** The ranked table of children: rank, score, what distinguishes them, times. */
export function childrenTable({ parent, children }: SearchRuns, limit = 20): string {
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
  return children.length > shown.length ? `${text}\n… and ${children.length - shown.length} more` : text;
}

/** Each fold of the best children with its own score. */
export function foldsTable({ parent, children, folds }: SearchRuns, limit = 3): string {
  const metric = parent.tags[TAGS.objective] ?? 'score';
  return table(
    ['child', 'fold', metric, 'loss', 'accuracy', 'best epoch', 'status', 'fold run'],
    children
      .slice(0, limit)
      .flatMap((child) =>
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
