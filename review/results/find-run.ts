/** Finding one trial or fold: by its run's id, or within a search by its short name. */
import { isNotFound, ROLE, type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import type { FoldSummary, TrialSummary } from './runs.js';
import { readSearch, type SearchSummary, UnknownSearchError } from './searches.js';
import { foldOf, trialOf } from './trials.js';

/** A trial, or one of its folds. */
export interface FoundRun {
  readonly search: SearchSummary;
  readonly trial: TrialSummary;
  readonly fold?: FoldSummary;
}

/** By a run's id; undefined when there is none, or it is of another kind. */
export async function findRun(client: TrackingClient, runId: string): Promise<FoundRun | undefined> {
  const run = await runOrNone(client, runId);
  const parentId = run?.tags[TAGS.parentRunId];
  if (run === undefined || parentId === undefined) return undefined;
  const role = run.tags[TAGS.role];
  if (role === ROLE.trial) return { search: await readSearch(client, parentId), trial: trialOf(run) };
  if (role !== ROLE.fold) return undefined;
  const child = await client.getRun(parentId);
  const searchRun = child.tags[TAGS.parentRunId];
  if (searchRun === undefined) return undefined;
  return { search: await readSearch(client, searchRun), trial: trialOf(child), fold: foldOf(run) };
}

/**
 * By a short name such as `lstm-3` or `lstm-3-fold-0`, or a run's id, in a search.
 *
 * @throws UnknownSearchError
 */
export async function findRunIn(
  client: TrackingClient,
  search: SearchSummary,
  asked: string,
): Promise<FoundRun> {
  const { experimentId, runId, searchId } = search;
  const [, model, index, fold] = /^(.+?)-(\d+)(?:-fold-(\d+))?$/.exec(asked) ?? [];
  const child =
    model === undefined
      ? undefined
      : await only(client, experimentId, [
          tagIs(TAGS.parentRunId, runId),
          tagIs(TAGS.role, ROLE.trial),
          tagIs(TAGS.index, String(Number(index))),
        ]);
  if (child !== undefined && child.tags[TAGS.estimatorName] === model) {
    const trial = trialOf(child);
    if (fold === undefined) return { search, trial };
    const foldRun = await only(client, experimentId, [
      tagIs(TAGS.parentRunId, trial.runId),
      tagIs(TAGS.role, ROLE.fold),
      tagIs(TAGS.fold, String(Number(fold))),
    ]);
    if (foldRun !== undefined) return { search, trial, fold: foldOf(foldRun) };
  } else {
    const found = await findRun(client, asked);
    if (found?.search.runId === runId) return found;
  }
  throw new UnknownSearchError(
    `search ${searchId} has no run "${asked}"; give a child such as lstm-3, a fold such as lstm-3-fold-0, or a run id`,
  );
}

async function only(
  client: TrackingClient,
  experimentId: string,
  clauses: readonly string[],
): Promise<Run | undefined> {
  const filter = clauses.join(' and ');
  return (await client.searchRunsPage({ experimentIds: [experimentId], filter, maxResults: 1 })).runs[0];
}

async function runOrNone(client: TrackingClient, runId: string): Promise<Run | undefined> {
  // Anything else could not be an id, and a server may refuse it in words of its own.
  if (!/^[0-9a-f]{32}$/.test(runId)) return undefined;
  try {
    return await client.getRun(runId);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return undefined;
  }
}
