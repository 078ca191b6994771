/** A window: the configurations that are in Redis at one time, handed out and added up together. */
import type { FlowJob, Job } from 'bullmq';
import {
  CHILD,
  CHILD_TO_BE,
  type Configuration,
  childValues,
  FOLD_QUEUE,
  mustHold,
  readResult,
  SEARCH_QUEUE,
  type SearchPayload,
  STEP,
  sealData,
  type TrialPayload,
  takenByModel,
  trialJobId,
  trialResult,
  type WindowPayload,
  type WindowResult,
  windowJobId,
} from '../../queue/index.js';
import { createChildRun, runsOfWindow } from './child-runs.js';
import type { Deps } from './deps.js';
import { type FoldsOf, foldJob } from './fold-job.js';
import { observations } from './history.js';
import { windowOutcome } from './outcome.js';
import { type Known, knownResults } from './rebuild.js';
import { type Generation, optionsOf, type Strategy, spaceOf, strategyOf } from './strategies/index.js';
import { takeOver, type Wanted } from './take-over.js';

type FlowNode = NonNullable<FlowJob['children']>[number];

/** A window as the search's progress has it. */
export type Placed = NonNullable<SearchPayload['progress']['window']>;

/** The window that follows what is settled: a generation of an adaptive strategy, else half of what may be in Redis, as two are under way. */
export function nextWindow(
  search: SearchPayload,
  deps: Pick<Deps, 'strategies' | 'windowFolds'>,
): Generation {
  const { progress, total } = search;
  const from = progress.settled;
  return { number: progress.generation, from, to: Math.min(total, from + windowSize(search, deps)) };
}

/** The window after one, which is under way with it, so that workers have something to do while one ends; undefined after the last. */
export function windowAfter(
  search: SearchPayload,
  { number, to }: Generation,
  deps: Pick<Deps, 'strategies' | 'windowFolds'>,
): Generation | undefined {
  if (to >= search.total) return undefined;
  return { number: number + 1, from: to, to: Math.min(search.total, to + windowSize(search, deps)) };
}

/** Configurations of a window. */
function windowSize(
  search: SearchPayload,
  { strategies, windowFolds }: Pick<Deps, 'strategies' | 'windowFolds'>,
): number {
  const fits = Math.max(1, Math.floor(windowFolds / 2 / search.context.folds));
  return generationSize(search, strategyOf(search.strategy, strategies)) ?? fits;
}

/** Configurations of a generation; undefined when nothing that is proposed or stopped hangs on earlier results. */
function generationSize(search: SearchPayload, strategy: Strategy): number | undefined {
  if (search.pruning !== undefined) return optionsOf(search.strategy).generation;
  return strategy.adaptive ? strategy.generationSize?.(spaceOf(search)) : undefined;
}

/** A generation is proposed while the one before is carried out: it is told of those before that. */
const knownBefore = (search: SearchPayload, { from }: Generation, strategy: Strategy): number =>
  Math.max(0, from - (strategy.generationSize?.(spaceOf(search)) ?? 0));

/** The window's configurations: the same ones whenever it is asked. */
export async function proposals(
  search: SearchPayload,
  window: Generation,
  deps: Deps,
): Promise<Configuration[]> {
  const { context } = search;
  const strategy = strategyOf(search.strategy, deps.strategies);
  const history = strategy.adaptive
    ? await observations(context, knownBefore(search, window, strategy), deps)
    : [];
  return strategy.propose(spaceOf(search), history, window);
}

/**
 * Creates the window's child runs, then adds the window with its trials and folds in one transaction. What else
 * belongs on the runs is left to {@link describeWindow}: workers need not wait for it.
 *
 * @param holder - The search's job; it waits for the window unless that is to be under way apart.
 * @returns run ids by trial job id
 * @throws NotHeldError when another process carries the search out by now
 */
export async function addWindow(
  search: SearchPayload,
  { from, incumbent, bars = {} }: Placed,
  configurations: readonly Configuration[],
  holder: { job: Job; token: string; apart: boolean },
  { tracking, flow, redis }: Deps,
): Promise<ReadonlyMap<string, string>> {
  const { context } = search;
  const { job, token, apart } = holder;
  const existing = await runsOfWindow(search, from, tracking);
  const runs = await Promise.all(
    configurations.map(
      (configuration) =>
        existing.get(trialJobId(context.searchId, configuration)) ??
        createChildRun(search, from, configuration, tracking),
    ),
  );
  const known: Known = context.rebuilt
    ? await knownResults(context, configurations, runs, tracking)
    : { trials: [], folds: new Map() };
  const settled = new Set(known.trials.map(({ configuration }) => configuration.index));
  const id = windowJobId(context.searchId, from);
  // A pruned one takes over what a rung hands out, and no more.
  const folds = search.pruning
    ? known.folds
    : await withEarlier(
        { search, id, configurations, runs, settled, known },
        {
          tracking,
          mustHold: () => mustHold(redis, job, token),
        },
      );
  const window: WindowPayload = {
    kind: 'window',
    searchId: context.searchId,
    folds: context.folds,
    objective: context.objective,
    configurations: [...configurations],
    ...(known.trials.length > 0 && { known: known.trials }),
    // A pruned one has them itself.
    ...(folds.size > 0 &&
      !search.pruning && { taken: Object.fromEntries([...folds].map(([index, of]) => [index, of.length])) }),
    ...(search.pruning && {
      race: {
        ...(search.pruning.folds && { rule: search.pruning.folds }),
        ...(search.pruning.epochs && { epochs: { rule: search.pruning.epochs, bars } }),
        context,
        retries: search.retries,
        runs,
        ...(incumbent && { incumbent }),
        rung: 0,
        stops: {},
        ...(search.reuse && { reuse: search.reuse }),
        known: [...folds].flatMap(([index, of]) => of.map((one) => ({ index, ...one }))),
      },
    }),
  };
  await mustHold(redis, job, token);
  await flow.add({
    name: 'window',
    queueName: SEARCH_QUEUE,
    data: sealData(id, window),
    opts: {
      ...(apart ? CHILD_TO_BE : { ...CHILD, parent: { id: job.id!, queue: job.queueQualifiedName } }),
      ...STEP,
      jobId: id,
    },
    children: configurations.flatMap((configuration, i) =>
      search.pruning || settled.has(configuration.index)
        ? []
        : [trialNode(search, from, configuration, runs[i]!, folds)],
    ),
  });
  return new Map(
    configurations.map((configuration, i) => [trialJobId(context.searchId, configuration), runs[i]!]),
  );
}

/** What is known of a window's folds, with those that earlier searches have finished. */
async function withEarlier(
  window: {
    readonly search: SearchPayload;
    readonly id: string;
    readonly configurations: readonly Configuration[];
    readonly runs: readonly string[];
    readonly settled: ReadonlySet<number>;
    readonly known: Known;
  },
  around: Parameters<typeof takeOver>[2],
): Promise<Known['folds']> {
  const { search, id, configurations, runs, settled, known } = window;
  const wanted = configurations.flatMap((configuration, i): Wanted[] => {
    if (settled.has(configuration.index)) return [];
    const done = new Set(known.folds.get(configuration.index)?.map(({ fold }) => fold));
    const folds = Array.from({ length: search.context.folds }, (_, fold) => fold);
    return [{ configuration, runId: runs[i]!, folds: folds.filter((fold) => !done.has(fold)) }];
  });
  const taken = await takeOver({ context: search.context, reuse: search.reuse, window: id }, wanted, around);
  const folds = new Map(known.folds);
  for (const { index, ...one } of taken) folds.set(index, [...(folds.get(index) ?? []), one]);
  return folds;
}

/** A trial's job with its folds' below it. */
function trialNode(
  { context, retries, reuse }: SearchPayload,
  from: number,
  configuration: Configuration,
  runId: string,
  knownFolds: Known['folds'],
): FlowNode {
  const known = knownFolds.get(configuration.index) ?? [];
  const window = windowJobId(context.searchId, from);
  const folds: FoldsOf = { context, configuration, trialRunId: runId, window, retries, reuse };
  const trial: TrialPayload = {
    kind: 'trial',
    context,
    configuration,
    runId,
    window,
    ...(known.length > 0 && { known }),
  };
  const missing = Array.from({ length: context.folds }, (_, fold) => fold).filter(
    (fold) => !known.some((one) => one.fold === fold),
  );
  return {
    name: 'trial',
    queueName: SEARCH_QUEUE,
    data: sealData(trialJobId(context.searchId, configuration), trial),
    opts: { ...CHILD, ...STEP, jobId: trialJobId(context.searchId, configuration) },
    children: missing.map((fold): FlowNode => ({ ...foldJob(folds, fold), queueName: FOLD_QUEUE })),
  };
}

/**
 * Logs on each of the window's child runs, given by trial job id, its parameters and the dataset that it reads. Doing so
 * again is harmless, so an orchestrator that finds the window under way does: the one before it may have died meanwhile.
 */
export async function describeWindow(
  { context, inputs }: SearchPayload,
  configurations: readonly Configuration[],
  runs: ReadonlyMap<string, string>,
  { tracking }: Deps,
): Promise<void> {
  await Promise.all(
    configurations.map(async (configuration) => {
      const runId = runs.get(trialJobId(context.searchId, configuration));
      if (runId === undefined) return;
      await tracking.logBatch(runId, {
        params: { model: configuration.model, ...configuration.parameters },
      });
      await tracking.logInputs(runId, [inputs.train]);
    }),
  );
}

/**
 * The same of a window that may have ended before that was done: its orchestrator was killed, or tracking was away, while its folds and
 * its trials went on.
 */
export async function describeLate(search: SearchPayload, window: Placed, deps: Deps): Promise<void> {
  if (window.given) return;
  const runs = await runsOfWindow(search, window.from, deps.tracking);
  if (runs.size > 0) await describeWindow(search, await proposals(search, window, deps), runs, deps);
}

/** The window job itself: all its trials have ended; add them up. */
export async function sumWindow(payload: WindowPayload, job: Job): Promise<WindowResult> {
  const trials = new Set(payload.configurations.map((one) => trialJobId(payload.searchId, one)));
  // Of a pruned search the folds are its children too.
  const ended = [...(await childValues(job))].flatMap(([id, value]) =>
    trials.has(id) ? [readResult(id, value, trialResult)] : [],
  );
  const results = [...(payload.known ?? []), ...ended];
  const size = { trials: payload.configurations.length, foldsPerTrial: payload.folds };
  const taken = takenByModel(payload);
  return {
    ...windowOutcome(results, size, payload.objective),
    ...(Object.keys(taken).length > 0 && { taken }),
  };
}
