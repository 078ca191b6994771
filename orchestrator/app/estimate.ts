/**
 * How long a search will still take. What a fold costs is guessed from its kind, epochs and rows, and how fast such cost is paid
 * is measured, kind by kind: kinds follow each other in a grid, and differ by orders of magnitude.
 */
import { MODEL_KINDS, type ModelKind } from '../../learning/models/index.js';
import { type Configuration, type SearchPayload, scoredFolds } from '../../queue/index.js';
import type { SearchProgress } from '../../review/results/index.js';
import { gridOf, sampleOf, trialCount } from '../search/index.js';

/** What a guess needs of a search. */
interface Weighed extends Pick<SearchPayload, 'models' | 'where' | 'strategy' | 'inputs'> {
  readonly context: Pick<SearchPayload['context'], 'folds' | 'scored' | 'seed' | 'objective'>;
}

/** Guessed seconds of folds, by model kind. */
type Work = ReadonlyMap<string, number>;

/** What a fold costs beside its training, in s. */
const FOLD_SECONDS = 0.01;
/** Of a grid's kind so many configurations are looked at: it may have millions. */
const LOOKED_AT = 500;
/** Seconds of work for which a guess is believed as it is, before others' speed tells of a kind that was not seen yet. */
const PRIOR = 10;
/** Processes need about so long to start, in s, before the first fold can end; that says nothing about folds. */
const START_UP = 5;

/** Undefined of a kind that is not known here. */
const kindOf = ({ model }: Configuration): ModelKind | undefined =>
  Object.hasOwn(MODEL_KINDS, model) ? MODEL_KINDS[model as keyof typeof MODEL_KINDS] : undefined;

/** A guess at one fold of a configuration, in s on one core. */
export function foldSeconds(configuration: Configuration, rows: number): number {
  const { parameters } = configuration;
  // A kind that is not trained in steps has none.
  const epochs = Number(parameters.epochs ?? 1);
  return FOLD_SECONDS + (epochs * rows * (kindOf(configuration)?.rowCost(parameters) ?? 100)) / 1e6;
}

/** How many numbers a model of a configuration holds; 0 of a kind that is not known here. */
export const modelSize = (configuration: Configuration): number =>
  kindOf(configuration)?.size(configuration.parameters) ?? 0;

/** What makes one configuration simpler than another: less work for a fold of like rows. */
export const simplicity = (configuration: Configuration): number => foldSeconds(configuration, 1000);

/** How far a search is, and what is left. */
export interface Estimate {
  /** From 0 to 1. */
  readonly done: number;
  /** Seconds until training ends; undefined while nothing tells the speed. */
  readonly left: number | undefined;
  /** What ends it by then, as its folds would take longer, or nobody knows how long. */
  readonly cutBy?: 'max_duration';
}

/**
 * Estimates of one search, from looks at its progress at times (in s) that only grow. Folds that pruning spared are done, and took
 * no time: so the pace has the share in it that pruning has left so far. Pauses (in ms) are no part of those times.
 *
 * @param before - Work of configurations that settled before the first look, without being done.
 */
export function estimator(search: SearchPayload, before: Work = new Map()) {
  const rows = rowsOf(search);
  const weigh = (configuration: Configuration, folds: number): [string, number] => [
    configuration.model,
    foldSeconds(configuration, rows) * folds,
  ];
  const whole = workBetween(search, 0, search.total, weigh);
  /** Work that settled without being done, as its results were known before; of configurations once they were seen. */
  const taken = new Map(before);
  const seen = new Map<number, number>();
  let settled: { upTo: number; work: Work } = { upTo: 0, work: new Map() };
  /** What was paid while somebody looked, and how long that took. */
  const paid = new Map<string, { work: number; seconds: number }>();
  let last: { trained: Work; at: number } | undefined;

  return (progress: SearchProgress, at: number, pausedMs = 0, now = Date.now()): Estimate => {
    const { upTo } = progress;
    if (upTo !== settled.upTo) settled = { upTo, work: workBetween(search, 0, upTo, weigh) };
    const work = sum([
      ...settled.work,
      ...progress.open.map(({ configuration, settled: folds }) => weigh(configuration, folds)),
    ]);
    for (const { configuration, taken: folds } of progress.open) {
      const more = folds - (seen.get(configuration.index) ?? 0);
      if (more <= 0) continue;
      seen.set(configuration.index, folds);
      const [kind, seconds] = weigh(configuration, more);
      taken.set(kind, (taken.get(kind) ?? 0) + seconds);
    }
    const trained = new Map(
      [...work].map(([kind, all]) => [kind, Math.max(0, all - (taken.get(kind) ?? 0))]),
    );
    last ??= { trained, at };
    const gained = [...trained].map(
      ([kind, now]) => [kind, Math.max(0, now - (last!.trained.get(kind) ?? 0))] as const,
    );
    const gain = total(new Map(gained));
    if (gain > 0) {
      const elapsed = at - last.at;
      const seconds = paid.size === 0 ? Math.max(elapsed - START_UP, elapsed / 4) : elapsed;
      for (const [kind, one] of gained) {
        const before = paid.get(kind) ?? { work: 0, seconds: 0 };
        paid.set(kind, { work: before.work + one, seconds: before.seconds + (seconds * one) / gain });
      }
      last = { trained, at };
    }
    const left = secondsLeft(whole, work, paid, at - last.at);
    return { done: total(work) / total(whole), ...withinBudget(left, progress.search, now - pausedMs) };
  };
}

/** What is left, or what the budget leaves of it. @param now - Time of day, ms, as the budget's: earlier by its pauses. */
function withinBudget(
  left: number | undefined,
  { budget, progress: { startedAt } }: SearchPayload,
  now: number,
): Pick<Estimate, 'left' | 'cutBy'> {
  const allowed = budget?.max_duration?.ms;
  if (allowed === undefined || startedAt === undefined) return { left };
  const rest = Math.max(0, startedAt + allowed - now) / 1000;
  return left === undefined || left > rest ? { left: rest, cutBy: 'max_duration' } : { left };
}

/** A guess at the training of a whole search, in s on one core. */
export const trainingSeconds = (search: Weighed): number => {
  const rows = rowsOf(search);
  return total(workOf(search, (configuration) => foldSeconds(configuration, rows)));
};

/** What all folds of a search cost, kind by kind. @param costOf - What one fold of a configuration does. */
export const workOf = (search: Weighed, costOf: (configuration: Configuration) => number): Work =>
  workBetween(search, 0, trialCount(search), (configuration, folds) => [
    configuration.model,
    costOf(configuration) * folds,
  ]);

/** An estimate from a single look, as if the search had been worked on ever since it started. */
export function estimateNow(progress: SearchProgress, seconds: number, pausedMs = 0): Estimate {
  const estimate = estimator(progress.search, takenBefore(progress));
  estimate({ ...progress, upTo: 0, open: [] }, 0);
  return estimate(progress, seconds, pausedMs);
}

/** Work of configurations that settled long ago without being done. Which they were is not known: they are taken to be like the others of their kind. */
function takenBefore({ search, taken }: SearchProgress): Work {
  const kinds = Object.entries(taken);
  if (kinds.length === 0) return new Map();
  const rows = rowsOf(search);
  const work = workOf(search, (configuration) => foldSeconds(configuration, rows));
  const folds = workOf(search, () => 1);
  return new Map(
    kinds.map(([kind, count]) => [kind, (count * (work.get(kind) ?? 0)) / (folds.get(kind) || 1)]),
  );
}

/** A kind that was not seen yet is taken to be paid as fast as the others. */
function secondsLeft(
  whole: Work,
  work: Work,
  paid: ReadonlyMap<string, { work: number; seconds: number }>,
  since: number,
): number | undefined {
  const seen = [...paid.values()].filter((one) => one.work > 0);
  if (seen.length === 0) return undefined;
  const rate = (some: readonly { work: number; seconds: number }[]): number =>
    some.reduce((all, { seconds }) => all + seconds, 0) / some.reduce((all, one) => all + one.work, 0);
  // The first fold of all pays for what is done once, and says little of a kind that comes later.
  const usual = rate([...seen, { work: PRIOR, seconds: PRIOR }]);
  let left = -since;
  for (const [kind, all] of whole) {
    const own = paid.get(kind);
    left += (all - (work.get(kind) ?? 0)) * (own && own.work > 0 ? rate([own]) : usual);
  }
  return Math.max(0, left);
}

/** The work of a part of the search, kind by kind. */
function workBetween(
  search: Weighed,
  from: number,
  to: number,
  weigh: (configuration: Configuration, folds: number) => [string, number],
): Work {
  const { context } = search;
  const sample = sampleOf(search, LOOKED_AT);
  if (sample !== undefined) {
    const all = sample.length === trialCount(search);
    const some = all ? sample.slice(from, to) : sample;
    const each = all ? 1 : (to - from) / sample.length;
    return sum(
      some.map((configuration) => {
        const [kind, seconds] = weigh(configuration, context.folds);
        return [kind, seconds * each];
      }),
    );
  }
  const parts: [string, number][] = [];
  const { sizes, at: configurationAt } = gridOf(search);
  let start = 0;
  for (const size of sizes) {
    const end = start + size;
    const [low, high] = [Math.max(from, start), Math.min(to, end)];
    const step = Math.max(1, (high - low) / LOOKED_AT);
    for (let at = low; at < high; at += step) {
      const [kind, seconds] = weigh(configurationAt(Math.floor(at)), context.folds);
      parts.push([kind, seconds * Math.min(step, high - at)]);
    }
    start = end;
  }
  return sum(parts);
}

const rowsOf = ({ inputs, context }: Weighed): number =>
  rowsAbout({ rows: { inputs }, folds: scoredFolds(context) }).train;

/** Development rows, and training rows of a fold, about. */
export function rowsAbout({
  rows: { inputs },
  folds,
}: {
  readonly rows: Pick<Weighed, 'inputs'>;
  readonly folds: number;
}): { readonly development: number; readonly train: number } {
  const { num_rows: development = 1000 } = JSON.parse(inputs.train.dataset.profile ?? '{}') as {
    num_rows?: number;
  };
  return { development, train: development * (1 - 1 / Math.max(2, folds)) };
}

function sum(parts: readonly (readonly [string, number])[]): Work {
  const all = new Map<string, number>();
  for (const [kind, seconds] of parts) all.set(kind, (all.get(kind) ?? 0) + seconds);
  return all;
}

const total = (work: Work): number => [...work.values()].reduce((all, seconds) => all + seconds, 0);
