/**
 * Reconciliation of a search with what its jobs accepted. A late answer, a request that a gateway gave up on, a process frozen
 * in the middle of a creation: each can leave a run that no result names. It is deleted (MLflow's delete, which can be undone) and
 * told of, so that of each job there is one run, and none stays open.
 */
import { z } from 'zod';
import type { SearchContext } from '../../queue/index.js';
import {
  endedByOthers,
  ROLE,
  type Run,
  TAGS,
  type TrackingClient,
  tagIs,
} from '../../tracking/client/index.js';

/** A search, as far as its runs are concerned. */
export type Reconciled = Pick<SearchContext, 'searchId' | 'experimentId' | 'parentRunId'>;

/** What a run that nobody needs may be: an accepted result's is FINISHED, and then the only one, as attempts delete those before. */
const SUSPECT = ['RUNNING', 'SCHEDULED', 'FAILED', 'KILLED'] as const;

/**
 * Deletes the runs of a search whose jobs are all over that no accepted result names.
 *
 * @param takesOver - Whether it takes over folds of earlier searches: then their number is noted, too.
 * @returns how many
 */
export async function reconcileRuns(
  search: Reconciled,
  tracking: TrackingClient,
  takesOver = false,
): Promise<number> {
  const experimentIds = [search.experimentId];
  let deleted = 0;
  const settle = async (group: readonly Run[]): Promise<void> => {
    const keep = await accepted(group, tracking);
    if (keep !== undefined && isOpen(keep.info.status)) await closeAgain(keep, tracking);
    for (const run of group) {
      if (run === keep) continue;
      // The trial's own job broke, and whoever saw that has not written it down yet.
      if (keep === undefined && group.length === 1 && run.tags[TAGS.role] === ROLE.trial) {
        await tracking.failRun(run.info.runId, 'its job ended without a result');
        continue;
      }
      await deleteSurplus(run, tracking);
      deleted++;
    }
  };
  const ofSearch = `${tagIs(TAGS.searchId, search.searchId)} and tags.\`${TAGS.role}\` != '${ROLE.parent}'`;
  const settleJobs = async (jobs: Iterable<string>): Promise<void> => {
    for (const job of jobs) {
      const group: Run[] = [];
      const ofJob = `${ofSearch} and ${tagIs(TAGS.jobId, job)}`;
      for await (const run of tracking.searchRuns({ experimentIds, filter: ofJob })) group.push(run);
      await settle(group);
    }
  };
  for (const status of SUSPECT) {
    const jobs = new Set<string>();
    const filter = `${ofSearch} and attributes.status = '${status}'`;
    for await (const { tags } of tracking.searchRuns({ experimentIds, filter }))
      jobs.add(tags[TAGS.jobId] ?? '');
    await settleJobs(jobs);
  }
  if (takesOver) await settleJobs(await countTaken(search, tracking));
  await count(search, deleted, tracking);
  return deleted;
}

/** Searches that are named on the parent run. */
const MOST_NAMED = 20;

/**
 * Notes on the parent run how many folds were taken over, and from which searches.
 *
 * @returns the jobs that have two such runs: one who was frozen in the middle may have closed a second
 */
async function countTaken(
  { searchId, experimentId, parentRunId }: Reconciled,
  tracking: TrackingClient,
): Promise<string[]> {
  const jobs = new Set<string>();
  const twice = new Set<string>();
  const from = new Set<string>();
  // Equality first: servers have an index for that.
  const filter = `${tagIs(TAGS.searchId, searchId)} and tags.\`${TAGS.reusedIn}\` LIKE '${searchId}.w%' and attributes.status = 'FINISHED'`;
  for await (const { tags } of tracking.searchRuns({ experimentIds: [experimentId], filter })) {
    const job = tags[TAGS.jobId] ?? '';
    (jobs.has(job) ? twice : jobs).add(job);
    if (from.size < MOST_NAMED) from.add(tags[TAGS.reusedFromSearch] ?? '');
  }
  if (jobs.size > 0) {
    const reused = JSON.stringify({ folds: jobs.size, from: [...from].filter(Boolean).sort() });
    await tracking.logBatch(parentRunId, { tags: { [TAGS.reused]: reused } });
  }
  return [...twice];
}

const runIds = z.array(z.string());

/** Of the runs of one job the one that counts; none when all are open, as its job is over. */
async function accepted(runs: readonly Run[], tracking: TrackingClient): Promise<Run | undefined> {
  const closed = runs.filter(isOver);
  if (closed.length <= 1) return closed[0];
  const trialRunId = closed[0]!.tags[TAGS.parentRunId];
  const trial =
    trialRunId === undefined ? undefined : await tracking.getRun(trialRunId).catch(() => undefined);
  const named = runIds.safeParse(parsed(trial?.tags[TAGS.foldRuns])).data ?? [];
  return (
    closed.find(({ info }) => named.includes(info.runId)) ??
    closed
      .toSorted((a, b) => b.info.startTime - a.info.startTime)
      .find(({ info }) => info.status === 'FINISHED') ??
    closed[0]
  );
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Whether its job has written all that it had to. A process that wakes up late may have opened it again. */
const isOver = ({ info, tags }: Run): boolean => !isOpen(info.status) || tags[TAGS.outcome] !== undefined;

/** Closes again what has its outcome. */
const closeAgain = ({ info, tags }: Run, tracking: TrackingClient): Promise<void> =>
  tracking.updateRun(info.runId, {
    status: tags[TAGS.outcome] === 'failed' ? 'FAILED' : 'FINISHED',
    endTime: Date.now(),
  });

const isOpen = (status: string): boolean => status === 'RUNNING' || status === 'SCHEDULED';

/**
 * Deletes what has come up since: runs of the search that are open though it has ended.
 *
 * @returns how many
 */
export async function sweepOpenRuns(search: Reconciled, tracking: TrackingClient): Promise<number> {
  let deleted = 0;
  const filter = `${tagIs(TAGS.searchId, search.searchId)} and tags.\`${TAGS.role}\` != '${ROLE.parent}'`;
  for (const status of ['RUNNING', 'SCHEDULED']) {
    for (;;) {
      // Always the first page: what is on it no longer matches afterwards.
      const { runs } = await tracking.searchRunsPage({
        experimentIds: [search.experimentId],
        filter: `${filter} and attributes.status = '${status}'`,
        maxResults: 200,
      });
      if (runs.length === 0) break;
      for (const run of runs) {
        if (isOver(run)) await closeAgain(run, tracking);
        else {
          await deleteSurplus(run, tracking);
          deleted++;
        }
      }
    }
  }
  await count(search, deleted, tracking);
  return deleted;
}

/**
 * Leaves one version of the refit's model: the one that serves under an alias, or else the first.
 *
 * @returns how many were deleted
 */
export async function reconcileVersions(
  search: Reconciled,
  { name, version: kept, runId }: { name: string; version: string; runId: string },
  tracking: TrackingClient,
): Promise<number> {
  let deleted = 0;
  for (const { name: of, version, aliases } of await tracking.searchModelVersions(`run_id = '${runId}'`)) {
    if (of !== name || version === kept || aliases.length > 0) continue;
    await tracking.deleteModelVersion(name, version);
    deleted++;
  }
  await count(search, deleted, tracking);
  return deleted;
}

async function deleteSurplus({ info }: Run, tracking: TrackingClient): Promise<void> {
  // Closed first: a deleted run can be restored, and would then look as if somebody worked on it.
  if (isOpen(info.status)) await tracking.updateRun(info.runId, { status: 'KILLED', endTime: Date.now() });
  await tracking.logBatch(info.runId, { tags: { [TAGS.surplus]: 'no accepted result names it' } });
  await tracking.deleteRun(info.runId);
}

/** Adds to the number on the parent run. */
async function count({ parentRunId }: Reconciled, more: number, tracking: TrackingClient): Promise<void> {
  if (more === 0) return;
  const before = Number((await tracking.getRun(parentRunId)).tags[TAGS.surplusRuns] ?? 0);
  await tracking.logBatch(parentRunId, { tags: { [TAGS.surplusRuns]: before + more } });
}

/** The parent runs of searches that have not ended, of all experiments. */
export async function openParents(tracking: TrackingClient): Promise<Run[]> {
  const experimentIds = (await tracking.searchExperiments()).map(({ experimentId }) => experimentId);
  const found: Run[] = [];
  if (experimentIds.length === 0) return found;
  for (const status of ['RUNNING', 'SCHEDULED']) {
    const filter = `attributes.status = '${status}' and ${tagIs(TAGS.role, ROLE.parent)}`;
    for await (const run of tracking.searchRuns({ experimentIds, filter })) {
      if (run.tags[TAGS.searchId] !== undefined) found.push(run);
    }
  }
  return found;
}

/** Looks over everything at an orchestrator's start: deletes what came up after its search had ended. */
export async function lookOver(tracking: TrackingClient): Promise<void> {
  const experimentIds = (await tracking.searchExperiments()).map(({ experimentId }) => experimentId);
  if (experimentIds.length === 0) return;
  const searches = new Set<string>();
  for (const status of ['RUNNING', 'SCHEDULED']) {
    const filter = `attributes.status = '${status}' and tags.\`${TAGS.role}\` != '${ROLE.parent}'`;
    for await (const run of tracking.searchRuns({ experimentIds, filter })) {
      const searchId = run.tags[TAGS.searchId];
      if (searchId !== undefined && /^[a-z0-9-]+$/.test(searchId)) searches.add(searchId);
    }
  }
  for (const searchId of searches) {
    const filter = `${tagIs(TAGS.searchId, searchId)} and ${tagIs(TAGS.role, ROLE.parent)}`;
    // Asked now that its runs are known: it may have been on its way when they were.
    const [parent] = (await tracking.searchRunsPage({ experimentIds, filter, maxResults: 1 })).runs;
    if (parent === undefined || isOpen(parent.info.status)) continue;
    // It goes on when somebody resumes it.
    if (endedByOthers(parent.info.status, parent.tags[TAGS.failure])) continue;
    const { experimentId, runId: parentRunId } = parent.info;
    await sweepOpenRuns({ searchId, experimentId, parentRunId }, tracking);
  }
}
