/**
 * Cutting a search short: nothing more is handed out, what is under way is dropped, and the best of what is complete goes on to
 * its refit. That it is cut is saved before anything follows from it, and every step may be repeated.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Job, type Queue } from 'bullmq';
import {
  type CutCause,
  mustHold,
  type SearchContext,
  type SearchPayload,
  saveData,
  scoreName,
  type TrialResult,
  windowJobId,
} from '../../queue/index.js';
import { type Run, TAGS, tagIs } from '../../tracking/client/index.js';
import { GRACE, killOpenRuns, PATIENCE, RETRY } from './cancel.js';
import { childRuns, configurationOf, runsOfWindow } from './child-runs.js';
import type { Deps } from './deps.js';
import { betterOf, sumCounts, windowOutcome } from './outcome.js';
import { completeTrialOf } from './rebuild.js';
import { describeLate } from './window.js';

/**
 * Cuts the search; the result is ready for the refit, if there is anything to refit.
 *
 * @throws NotHeldError when another process carries the search out by now
 */
export async function cutShort(
  search: SearchPayload,
  cause: CutCause,
  { job, token }: { readonly job: Job; readonly token: string },
  deps: Deps,
): Promise<SearchPayload> {
  const { context } = search;
  const decided = { ...search, progress: { ...search.progress, cut: cause } };
  if (search.progress.cut === undefined) await saveData(deps.redis, job, token, decided);
  const { window, ahead, ...progress } = decided.progress;
  const open = [window, ahead].filter((one) => one !== undefined);
  for (const { from } of open) await dropWindow(search, from, deps);
  await mustHold(deps.redis, job, token);
  const results: TrialResult[] = [];
  for (const { from } of open) results.push(...(await endedTrials(context, from, deps)));
  for (const one of open) await describeLate(search, one, deps);
  await killOpenRuns(context, deps.tracking);
  const found = windowOutcome(
    results,
    { trials: results.length, foldsPerTrial: context.folds },
    context.objective,
  );
  const best = betterOf(progress.best, found.best, context.objective);
  const state: SearchPayload = {
    ...search,
    progress: { ...progress, ...sumCounts(progress, found), ...(best && { best }) },
  };
  await mustHold(deps.redis, job, token);
  await deps.tracking.logBatch(context.parentRunId, { tags: { [TAGS.cut]: describeCut(state)! } });
  await saveData(deps.redis, job, token, state);
  return state;
}

/** For people: `stopped by a person after 12 of 50 configurations`; undefined of a search that was not cut. */
export function describeCut({
  progress: { cut, trials },
  budget,
  total,
}: Pick<SearchPayload, 'progress' | 'budget' | 'total'>): string | undefined {
  if (cut === undefined) return undefined;
  const seen = trials.complete + trials.pruned + trials.failed;
  const by = {
    person: 'a person',
    max_duration: `max_duration ${budget?.max_duration?.written ?? ''}`.trim(),
    max_failures: `max_failures ${budget?.max_failures ?? ''}`.trim(),
  }[cut];
  return `stopped by ${by} after ${seen} of ${total} configurations`;
}

/**
 * Removes a window's jobs: itself, its trials, their folds, in this order, so that none wakes up to find those below it gone.
 * Their ids follow from the window's runs, which are there before any job is; so it may be repeated after a kill in the middle.
 *
 * @throws Error when an orchestrator doesn't put one down in time
 */
async function dropWindow(
  search: SearchPayload,
  from: number,
  { searches, folds, tracking }: Deps,
): Promise<void> {
  const window = windowJobId(search.context.searchId, from);
  await dropSteps([window], searches);
  const trials = [...(await runsOfWindow(search, from, tracking)).keys()];
  await dropSteps(trials, searches);
  await dropAll(foldsOf(trials, search.context), folds, GRACE);
}

/** Folds that a worker had at hand when their search was cut, and that failed since: nobody needs another attempt. */
export async function dropLeftFolds(context: SearchContext, { folds, tracking }: Deps): Promise<void> {
  const trials: string[] = [];
  for await (const { info, tags } of childRuns(context, tracking))
    if (info.status === 'KILLED') trials.push(tags[TAGS.jobId] ?? '');
  await dropAll(foldsOf(trials, context), folds, 0);
}

const foldsOf = (trials: readonly string[], { folds }: SearchContext): string[] =>
  trials.flatMap((trial) => Array.from({ length: folds }, (_, fold) => `${trial}.f${fold}`));

async function dropSteps(ids: readonly string[], queue: Queue): Promise<void> {
  const left = await dropAll(ids, queue, PATIENCE);
  if (left.length > 0) throw new Error(`${left[0]} is being worked on for too long`);
}

/** Removes jobs, waiting for those that a process holds; returns those that it still holds then. */
async function dropAll(ids: readonly string[], queue: Queue, patience: number): Promise<string[]> {
  const started = Date.now();
  for (let left = [...ids]; ; await sleep(RETRY)) {
    const gone = await Promise.all(left.map((id) => drop(id, queue)));
    left = left.filter((_, i) => !gone[i]);
    if (left.length === 0 || Date.now() - started >= patience) return left;
  }
}

/** Whether the job is gone. */
async function drop(id: string, queue: Queue): Promise<boolean> {
  const job = await Job.fromId(queue, id);
  if (job === undefined) return true;
  try {
    await job.remove({ removeChildren: false });
    return true;
  } catch {
    // A process holds it, or it has just left by itself.
    return (await Job.fromId(queue, id)) === undefined;
  }
}

/** Trials of a window that had come to their end. With their jobs gone, no more will. */
async function endedTrials(context: SearchContext, from: number, { tracking }: Deps): Promise<TrialResult[]> {
  const found: TrialResult[] = [];
  const filter = tagIs(TAGS.window, windowJobId(context.searchId, from));
  for await (const run of tracking.searchRuns({ experimentIds: [context.experimentId], filter })) {
    const result = endedTrial(run, context);
    if (result !== undefined) found.push(result);
  }
  return found;
}

/** A trial's result, read from its run; undefined when it had not come to an end. */
export function endedTrial(
  run: Run,
  context: Pick<SearchContext, 'folds' | 'scored'>,
): TrialResult | undefined {
  const configuration = configurationOf(run);
  const kind = run.tags[TAGS.outcome];
  const isClosed = run.info.status === 'FINISHED' || run.info.status === 'FAILED';
  if (!isClosed) return undefined;
  if (kind === 'complete') return completeTrialOf(run, configuration, context);
  if (kind !== 'pruned' && run.info.status !== 'FAILED') return undefined;
  const splits = Array.from({ length: context.folds }, (_, fold) => run.metrics[scoreName(context, fold)]);
  const scored = splits.filter((score) => score !== undefined).length;
  // A fold that was stopped itself has no score, and is over.
  const finished = scored === 0 && kind === 'pruned' ? 1 : scored;
  const rest = context.folds - finished;
  const isPruned = kind === 'pruned';
  const reason = run.tags[isPruned ? TAGS.pruned : TAGS.failure] ?? '';
  return {
    runId: run.info.runId,
    configuration,
    outcome: { kind: isPruned ? 'pruned' : 'failed', reason },
    // Which folds a failed trial had left to be given is no longer known.
    folds: { finished, failed: isPruned ? 0 : rest, spared: isPruned ? rest : 0 },
  };
}
