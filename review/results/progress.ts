/** How far a search is, read from Redis: nobody keeps count, so nothing can be counted twice. */
import { Job, type Queue } from 'bullmq';
import {
  type ByModel,
  type Configuration,
  foldJobId,
  idOf,
  readData,
  readResult,
  type SearchPayload,
  type SearchResult,
  searchPayload,
  searchResult,
  takenIn,
  trialJobId,
  unsettledChildren,
  type WindowPayload,
  windowJobId,
  windowPayload,
} from '../../queue/index.js';

export interface SearchProgress {
  readonly searchId: string;
  readonly step: 'queued' | SearchPayload['progress']['step'] | 'ended' | 'broken';
  readonly trials: { readonly total: number; readonly settled: number };
  readonly folds: { readonly total: number; readonly settled: number };
  /** Configurations before this one have settled. */
  readonly upTo: number;
  /** The configurations of the windows under way. */
  readonly open: readonly {
    readonly configuration: Configuration;
    readonly settled: number;
    /** Of the settled folds those that were not trained, as their results were known before. */
    readonly taken: number;
  }[];
  /** The same of configurations before those, by model kind. */
  readonly taken: ByModel;
  /** Trials that were stopped, those of the windows under way too. */
  readonly pruned: number;
  /** Of the window that is waited for, when it is pruned: how many folds its trials were handed. */
  readonly rung?: number;
  /** What was submitted, and how far its own job is. */
  readonly search: SearchPayload;
  /** Time of submission, ms. */
  readonly submittedAt: number;
  /** Why the search's own job failed, with step `broken`. */
  readonly failure?: string;
  /** Present once the search has ended. */
  readonly result?: SearchResult;
}

/** Progress of one search, or undefined when this Redis doesn't know it. */
export async function readProgress(searches: Queue, searchId: string): Promise<SearchProgress | undefined> {
  // The state first: a job read before its end, and asked for its state after, would be completed without a result.
  const state = await searches.getJobState(searchId);
  const job = await Job.fromId(searches, searchId);
  if (job === undefined) return undefined;
  const search = readData(job, searchPayload);
  const { progress, total, context } = search;
  const common = { searchId, submittedAt: search.submittedAt, search };
  const known = (trials: number, folds: number) => ({
    trials: { total, settled: trials },
    folds: { total: total * context.folds, settled: folds },
  });
  if (state === 'completed') {
    const result = readResult(searchId, job.returnvalue, searchResult);
    const counted = known(sum(result.trials), sum(result.folds));
    const { pruned } = result.trials;
    return {
      ...common,
      step: 'ended',
      ...counted,
      upTo: total,
      open: [],
      taken: progress.taken ?? {},
      pruned,
      result,
    };
  }
  const open = await openWindows(searches, search);
  const counted = {
    ...known(
      sum(progress.trials) + open.trials,
      sum(progress.folds) + sum(open.configurations.map(({ settled }) => settled)),
    ),
    upTo: progress.settled,
    pruned: progress.trials.pruned + open.pruned,
    taken: progress.taken ?? {},
    open: open.configurations,
    ...(open.rung !== undefined && { rung: open.rung }),
  };
  if (state === 'failed') {
    return { ...common, step: 'broken', ...counted, ...(job.failedReason && { failure: job.failedReason }) };
  }
  const { step, settled, window, cut } = progress;
  const begun = step !== 'plan' || settled > 0 || window !== undefined || cut !== undefined;
  const queued = state === 'waiting' && !begun;
  return { ...common, step: queued ? 'queued' : progress.step, ...counted };
}

const sum = (counts: Readonly<Record<string, number>> | readonly number[]): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Settled trials of the windows under way, and the settled folds of each. */
async function openWindows(searches: Queue, search: SearchPayload): Promise<Open> {
  const { window, ahead } = search.progress;
  const open = await Promise.all(
    [window, ahead].map((one) => (one === undefined ? NONE : openWindow(searches, search, one.from))),
  );
  return {
    trials: sum(open.map(({ trials }) => trials)),
    pruned: sum(open.map(({ pruned }) => pruned)),
    configurations: open.flatMap(({ configurations }) => configurations),
    ...(window !== undefined && open[0]?.rung !== undefined && { rung: open[0].rung }),
  };
}

interface Open {
  readonly trials: number;
  readonly pruned: number;
  readonly configurations: SearchProgress['open'];
  readonly rung?: number;
}

const NONE: Open = { trials: 0, pruned: 0, configurations: [] };

async function openWindow(searches: Queue, { context }: SearchPayload, from: number): Promise<Open> {
  const window = await Job.fromId(searches, windowJobId(context.searchId, from));
  if (window === undefined) return NONE;
  const payload = readData(window, windowPayload);
  const { configurations, race } = payload;
  const takenOf = takenIn(payload);
  const unsettled = new Set((await unsettledChildren(window)).map(idOf));
  if (race !== undefined) return openRace(context.searchId, payload, race, unsettled);
  const counts = await Promise.all(
    configurations.map(async (configuration) => {
      const id = trialJobId(context.searchId, configuration);
      if (!unsettled.has(id)) return context.folds;
      const trial = await Job.fromId(searches, id);
      if (trial === undefined) return context.folds;
      const { unprocessed = 0 } = await trial.getDependenciesCount({ unprocessed: true });
      return context.folds - unprocessed;
    }),
  );
  return {
    trials: configurations.length - unsettled.size,
    pruned: 0,
    configurations: configurations.map((configuration, i) => ({
      configuration,
      settled: counts[i]!,
      taken: takenOf(configuration),
    })),
  };
}

/** Of a window that is pruned: a trial's folds come one after the other, and one that is stopped is settled. */
function openRace(
  searchId: string,
  window: WindowPayload,
  { rung, stops, context }: NonNullable<WindowPayload['race']>,
  unsettled: ReadonlySet<string>,
): Open {
  const settledFolds = (configuration: Configuration): number => {
    if (stops[configuration.index] !== undefined) return context.folds;
    const waits = Array.from({ length: rung }, (_, fold) => foldJobId(searchId, configuration, fold)).some(
      (id) => unsettled.has(id),
    );
    return waits ? rung - 1 : rung;
  };
  const takenOf = takenIn(window);
  const counted = window.configurations.map((configuration) => ({
    configuration,
    settled: settledFolds(configuration),
    taken: takenOf(configuration),
  }));
  return {
    trials: counted.filter(({ settled }) => settled === context.folds).length,
    pruned: Object.keys(stops).length,
    configurations: counted,
    rung: Math.max(1, rung),
  };
}
