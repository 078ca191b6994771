/**
 * Taking over folds that earlier searches have finished: each gets a run of its own under its trial, with the numbers of the run
 * that trained it. A run is looked for by its window before it is made, and filled before it is closed: killed anywhere, the next
 * one goes on with it, and there is one of each.
 */
import {
  type Configuration,
  type FoldResult,
  foldJobId,
  foldResult,
  type Reuse,
  type SearchContext,
} from '../../queue/index.js';
import { isNotFound, ROLE, type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import { type EarlierFolds, earlierFolds, foldName, nameOf } from './earlier-folds.js';
import { foldResultOf } from './rebuild.js';

/** A trial, and those of its folds that are still to be trained. */
export interface Wanted {
  readonly configuration: Configuration;
  /** The trial's run. */
  readonly runId: string;
  readonly folds: readonly number[];
}

/** A fold that need not be trained. */
export interface TakenFold {
  /** Of its configuration. */
  readonly index: number;
  readonly fold: number;
  readonly result: FoldResult;
}

interface Surroundings {
  readonly tracking: TrackingClient;
  /** Asked before every change that counts; throws when another process carries the search out by now. */
  mustHold(): Promise<void>;
}

/** Where a fold goes: its job, its trial, what it is. */
interface Place {
  readonly context: SearchContext;
  readonly window: string;
  readonly configuration: Configuration;
  readonly trialRunId: string;
  readonly fold: number;
}

/**
 * Takes over what there is of a window's folds.
 *
 * @returns those that were taken; the others are to be trained
 */
export async function takeOver(
  { context, reuse, window }: { context: SearchContext; reuse: Reuse | undefined; window: string },
  wanted: readonly Wanted[],
  around: Surroundings,
): Promise<TakenFold[]> {
  const from = reuse?.from;
  if (from === undefined) return [];
  const earlier = await earlierFolds(from, around.tracking);
  const there = wanted.flatMap(({ configuration, runId, folds }) =>
    folds.flatMap((fold) => {
      const source = sourceOf(earlier, configuration, reuse?.rows[fold]);
      return source === undefined
        ? []
        : [{ source, place: { context, window, configuration, trialRunId: runId, fold } }];
    }),
  );
  if (there.length === 0) return [];
  const begun = await begunIn(context, window, around.tracking);
  await around.mustHold();
  const taken = await Promise.all(
    there.map(async ({ source, place }): Promise<TakenFold[]> => {
      const { configuration, fold } = place;
      const own = begun.get(foldJobId(context.searchId, configuration, fold));
      const result = resultIn(own) ?? (await copied(source, from.key, place, own, around));
      return result === undefined ? [] : [{ index: configuration.index, fold, result }];
    }),
  );
  return taken.flat();
}

const sourceOf = (
  earlier: EarlierFolds,
  { hash }: Configuration,
  rows: string | undefined,
): string | undefined => (rows === undefined ? undefined : earlier.get(foldName(hash, rows)));

/** Runs that were begun for the window before, by their job's id. */
async function begunIn(
  { experimentId }: SearchContext,
  window: string,
  tracking: TrackingClient,
): Promise<Map<string, Run>> {
  const found = new Map<string, Run>();
  const filter = tagIs(TAGS.reusedIn, window);
  for await (const run of tracking.searchRuns({ experimentIds: [experimentId], filter })) {
    const jobId = run.tags[TAGS.jobId];
    // A whole one, should there be two: the other is reconciled at the end.
    if (jobId !== undefined && found.get(jobId)?.info.status !== 'FINISHED') found.set(jobId, run);
  }
  return found;
}

/** What a fold's run says came of it; undefined when it is not whole, has no score, or says what no fold does. */
function resultIn(run: Run | undefined): FoldResult | undefined {
  if (run?.info.status !== 'FINISHED') return undefined;
  const { data } = foldResult.safeParse(foldResultOf(run));
  return data?.score === null ? undefined : data;
}

/** The fold in a run of its own; undefined when the earlier one is gone, or can't be read: then it is trained. */
async function copied(
  sourceId: string,
  key: string,
  place: Place,
  own: Run | undefined,
  { tracking, mustHold }: Surroundings,
): Promise<FoldResult | undefined> {
  const source = await tracking.getRun(sourceId).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
  const result = resultIn(source);
  if (source === undefined || result === undefined) return undefined;
  // It was found by these a while ago, and anybody may write on a run.
  const name = foldName(place.configuration.hash, source.tags[TAGS.foldRows] ?? '');
  if (source.tags[TAGS.reuseKey] !== key || nameOf(source) !== name) return undefined;
  const { runId, startTime } = (own ?? (await begin(source, place, tracking))).info;
  if (place.fold === 0) await tracking.updateRun(place.trialRunId, { status: 'RUNNING' });
  const { model, parameters } = place.configuration;
  await tracking.logBatch(runId, {
    params: { model, ...parameters, fold: place.fold },
    metrics: Object.entries(source.metrics).map(([metric, value]) => ({
      key: metric,
      value,
      // Of the run and not of now: whoever writes them again writes the same points, and there is one of each.
      timestamp: startTime,
      step: result.bestEpoch,
    })),
  });
  await mustHold();
  const endTime = Date.now();
  await tracking.updateRun(runId, { status: 'FINISHED', endTime });
  return { ...result, runId, finishedAt: endTime };
}

/** Tags that say where numbers come from, and that stay true of a copy. */
const KEPT = [
  TAGS.engine,
  TAGS.engineVersion,
  TAGS.processes,
  TAGS.threads,
  TAGS.reuseKey,
  TAGS.foldRows,
  TAGS.innerFold,
];

function begin(
  source: Run,
  { context, window, configuration, trialRunId, fold }: Place,
  tracking: TrackingClient,
): Promise<Run> {
  const { searchId, experimentId } = context;
  const { tags } = source;
  return tracking.createRun({
    experimentId,
    runName: `${configuration.model}-${configuration.index}-fold-${fold}`,
    startTime: Date.now(),
    parentRunId: trialRunId,
    tags: {
      ...context.source,
      ...Object.fromEntries(KEPT.flatMap((name) => (tags[name] === undefined ? [] : [[name, tags[name]]]))),
      [TAGS.role]: ROLE.fold,
      [TAGS.searchId]: searchId,
      [TAGS.jobId]: foldJobId(searchId, configuration, fold),
      [TAGS.fold]: String(fold),
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
      // The run that trained it, also when this is a copy of a copy.
      [TAGS.reusedFrom]: tags[TAGS.reusedFrom] ?? source.info.runId,
      [TAGS.reusedFromSearch]: tags[TAGS.reusedFromSearch] ?? tags[TAGS.searchId] ?? '',
      [TAGS.reusedIn]: window,
    },
  });
}
