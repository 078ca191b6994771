/** The search's first step: window after window, until the strategy has no more to propose. */
import { type Job, WaitingChildrenError } from 'bullmq';
import {
  childFailures,
  childValues,
  mustHold,
  readResult,
  type SearchPayload,
  saveData,
  type WindowResult,
  windowJobId,
  windowResult,
} from '../../queue/index.js';
import { runsOfWindow } from './child-runs.js';
import type { Deps } from './deps.js';
import { betterOf, sumCounts } from './outcome.js';
import type { Generation } from './strategies/index.js';
import { addWindow, describeWindow, nextWindow, proposals } from './window.js';

/**
 * Carries the plan as far as it gets.
 *
 * @throws WaitingChildrenError once the job is parked until its window ends, as BullMQ's step pattern asks.
 */
export async function planAll(
  search: SearchPayload,
  job: Job,
  token: string,
  deps: Deps,
): Promise<SearchPayload> {
  let state = search;
  const { searchId, parentRunId } = search.context;
  if (state.progress.generation === 0 && state.progress.window === undefined) {
    await mustHold(deps.redis, job, token);
    await deps.tracking.updateRun(parentRunId, { status: 'RUNNING' });
  }
  while (state.progress.settled < state.total) {
    // Written down before it is added: whoever goes on must know what it holds, whatever its own settings are.
    const window = state.progress.window ?? nextWindow(state, deps);
    if (state.progress.window === undefined) {
      state = await save({ ...state, progress: { ...state.progress, window } }, job, token, deps);
    }
    const found = await windowState(job, windowJobId(searchId, window.from));
    if (found === 'absent' || found === 'under way') {
      const configurations = await proposals(state, window, deps);
      const runs =
        found === 'absent'
          ? await addWindow(state, window.from, configurations, { job, token }, deps)
          : await runsOfWindow(state, window.from, deps.tracking);
      await describeWindow(state, configurations, runs, deps);
      await waitForChildren(job, token);
      continue;
    }
    const result = found === 'broken' ? broken(state, window) : found;
    state = await save(settled(state, window, result), job, token, deps);
  }
  return state;
}

/**
 * Saves how far the search is.
 *
 * @throws NotHeldError when another process carries the search out by now
 */
export async function save(
  state: SearchPayload,
  job: Job,
  token: string,
  { redis }: Pick<Deps, 'redis'>,
): Promise<SearchPayload> {
  await saveData(redis, job, token, state);
  return state;
}

/** Parks the job until its children have ended; comes back when they have already. */
export async function waitForChildren(job: Job, token: string): Promise<void> {
  if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
}

async function windowState(job: Job, id: string): Promise<WindowResult | 'broken' | 'absent' | 'under way'> {
  const values = await childValues(job);
  if (values.has(id)) return readResult(id, values.get(id), windowResult);
  if ((await childFailures(job)).has(id)) return 'broken';
  const { unprocessed = [] } = await job.getDependencies({ unprocessed: { count: 10 } });
  return unprocessed.some((key) => key.endsWith(`:${id}`)) ? 'under way' : 'absent';
}

/** A window whose own job broke: none of its results is known, so none counts. */
function broken({ context }: SearchPayload, { from, to }: Generation): WindowResult {
  const trials = to - from;
  return {
    trials: { complete: 0, pruned: 0, failed: trials },
    folds: { finished: 0, failed: trials * context.folds },
  };
}

/** The search once a window is over. */
function settled(state: SearchPayload, { to }: Generation, result: WindowResult): SearchPayload {
  const { window: _, ...progress } = state.progress;
  const best = betterOf(progress.best, result.best, state.context.objective);
  return {
    ...state,
    progress: {
      ...progress,
      ...sumCounts(progress, result),
      settled: to,
      generation: progress.generation + 1,
      ...(best && { best }),
    },
  };
}
