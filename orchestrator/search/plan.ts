/** The search's first step: window after window, until the strategy has no more to propose. */
import { type Job, WaitingChildrenError } from 'bullmq';
import {
  type Configuration,
  foldJobId,
  keepPriority,
  mustHold,
  placeJobs,
  type SearchPayload,
  saveData,
  sumByModel,
  USUAL_PRIORITY,
  type WindowResult,
  windowJobId,
} from '../../queue/index.js';
import { causeToCut } from './budget.js';
import { childRuns, runsOfWindow } from './child-runs.js';
import { cutShort } from './cut.js';
import type { Deps } from './deps.js';
import { forget, observations } from './history.js';
import { betterOf, sumCounts } from './outcome.js';
import { EPOCH_RULES, epochBars, ruleOf } from './pruners/index.js';
import { attachWindow, forgetWindow, standingOfWindow } from './standing.js';
import type { Generation } from './strategies/index.js';
import {
  addWindow,
  describeLate,
  describeWindow,
  nextWindow,
  type Placed,
  proposals,
  windowAfter,
} from './window.js';
import { watch } from './wish.js';

/** The search's own job, and the token it is held with. */
interface Holder {
  readonly job: Job;
  readonly token: string;
}

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
  const holder = { job, token };
  const { searchId, parentRunId } = search.context;
  if (state.progress.generation === 0 && state.progress.window === undefined) {
    await mustHold(deps.redis, job, token);
    await deps.tracking.updateRun(parentRunId, { status: 'RUNNING' });
    forget(state.context, deps.histories);
    await keepPriority(deps.redis, searchId, state.priority ?? USUAL_PRIORITY);
    // Saved with the first window.
    state = { ...state, progress: { ...state.progress, startedAt: await startOf(state, deps) } };
  }
  if (state.budget !== undefined) await watch(searchId, deps.redis);
  while (state.progress.settled < state.total) {
    const cause = state.progress.cut ?? (await causeToCut(state, deps));
    if (cause !== undefined) return cutShort(state, cause, holder, deps);
    state = await decide(state, holder, deps);
    const window = state.progress.window!;
    const id = windowJobId(searchId, window.from);
    const found = await standingOfWindow(job, id, deps);
    if (typeof found === 'object' || found === 'broken') {
      const result = found === 'broken' ? broken(state, window) : found;
      await describeLate(state, window, deps);
      state = await save(settled(state, window, result), job, token, deps);
      await forgetWindow(id, deps);
    } else if (found === 'apart') {
      await mustHold(deps.redis, job, token);
      await attachWindow(job, id, deps);
    } else {
      state = await giveAll(state, found === 'under way', holder, deps);
      await waitForChildren(job, token);
    }
  }
  return state;
}

/** When it began to train: of a search that was made again, when it did so first. */
async function startOf({ context }: SearchPayload, { tracking }: Deps): Promise<number> {
  if (context.rebuilt)
    for await (const { info } of childRuns(context, tracking)) return Math.min(info.startTime, Date.now());
  return Date.now();
}

/** Writes down the windows that are to be under way before they are added: whoever goes on must know what they hold, whatever its own settings are. */
async function decide(state: SearchPayload, { job, token }: Holder, deps: Deps): Promise<SearchPayload> {
  const { window = nextWindow(state, deps), ahead } = state.progress;
  const after = ahead ?? windowAfter(state, window, deps);
  // Taken down with it: by the time that it is handed out, the generation under way may have ended as well.
  const next =
    state.pruning && after && !ahead ? { ...after, ...(await standard(state, window, deps)) } : after;
  if (window === state.progress.window && next === ahead) return state;
  const progress = { ...state.progress, window, ...(next && { ahead: next }) };
  return save({ ...state, progress }, job, token, deps);
}

/** What a generation that is pruned is held against: what all before the one under way gave. */
async function standard(
  { context, pruning, progress: { best } }: SearchPayload,
  { from }: Generation,
  deps: Deps,
): Promise<Pick<Placed, 'incumbent' | 'bars'>> {
  const { epochs } = pruning!;
  const bars =
    epochs !== undefined &&
    epochBars(
      ruleOf(EPOCH_RULES, epochs),
      await observations(context, from, deps),
      context.objective.direction,
    );
  return { ...(best && { incumbent: best }), ...(bars && { bars }) };
}

/** Hands out what is not, or not as a whole. */
async function giveAll(
  state: SearchPayload,
  isThere: boolean,
  holder: Holder,
  deps: Deps,
): Promise<SearchPayload> {
  const { ahead } = state.progress;
  const window = await give(state, state.progress.window!, { isThere, apart: false }, holder, deps);
  if (ahead === undefined) return state;
  const standing = await standingOfWindow(holder.job, windowJobId(state.context.searchId, ahead.from), deps);
  const next = await give(state, ahead, { isThere: standing !== 'absent', apart: true }, holder, deps);
  if (window === state.progress.window && next === ahead) return state;
  return save(
    { ...state, progress: { ...state.progress, window, ahead: next } },
    holder.job,
    holder.token,
    deps,
  );
}

async function give(
  state: SearchPayload,
  window: Placed,
  { isThere, apart }: { isThere: boolean; apart: boolean },
  holder: Holder,
  deps: Deps,
): Promise<Placed> {
  if (isThere && window.given) return window;
  const configurations = await proposals(state, window, deps);
  const runs = isThere
    ? await runsOfWindow(state, window.from, deps.tracking)
    : await addWindow(state, window, configurations, { ...holder, apart }, deps);
  if (!state.pruning) await placeFolds(state, configurations, deps);
  await describeWindow(state, configurations, runs, deps);
  return { ...window, given: true };
}

/** Has a window's folds take their turns among those of other searches: trial by trial, in the order of proposal. */
async function placeFolds(
  { context: { searchId, folds } }: SearchPayload,
  configurations: readonly Configuration[],
  { redis }: Pick<Deps, 'redis'>,
): Promise<void> {
  const ids = configurations.flatMap((configuration) =>
    Array.from({ length: folds }, (_, fold) => foldJobId(searchId, configuration, fold)),
  );
  await placeJobs(redis, searchId, ids);
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

/** A window whose own job broke: none of its results is known, so none counts. */
function broken({ context }: SearchPayload, { from, to }: Generation): WindowResult {
  const trials = to - from;
  return {
    trials: { complete: 0, pruned: 0, failed: trials },
    folds: { finished: 0, failed: trials * context.folds, spared: 0 },
  };
}

/** The search once a window is over. */
function settled(state: SearchPayload, { to }: Generation, result: WindowResult): SearchPayload {
  const { window: _, ahead, ...progress } = state.progress;
  const best = betterOf(progress.best, result.best, state.context.objective);
  return {
    ...state,
    progress: {
      ...progress,
      ...sumCounts(progress, result),
      ...((progress.taken || result.taken) && { taken: sumByModel([progress.taken, result.taken]) }),
      settled: to,
      generation: progress.generation + 1,
      ...(ahead && { window: ahead }),
      ...(best && { best }),
    },
  };
}
