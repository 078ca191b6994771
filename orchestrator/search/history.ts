/**
 * What complete generations of a search gave, as strategies and pruners are told of it. That never changes, so what was read is kept
 * and only what has come since is asked for: else a search of 10,000 trials would read all of its runs a thousand times. It is a cache and no
 * more: whoever goes on in another process reads all once.
 */
import { z } from 'zod';
import { type SearchContext, scoredFolds, scoreName, windowJobId } from '../../queue/index.js';
import { type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import { childRuns, configurationOf, indexOf } from './child-runs.js';
import type { Observation } from './strategies/index.js';

/** What was read of searches, by their ids; the one read last comes last. */
export type Histories = Map<string, readonly Observation[]>;

/** Searches whose history is kept: those that one orchestrator carries out at a time, about. */
const MOST_KEPT = 16;

/**
 * The trials before `upTo`, sorted by configuration, whatever order they ended in.
 *
 * @param upTo - Where a window begins that comes after complete ones alone.
 */
export async function observations(
  context: SearchContext,
  upTo: number,
  { tracking, histories }: { readonly tracking: TrackingClient; readonly histories: Histories },
): Promise<readonly Observation[]> {
  const key = keyOf(context);
  const known = histories.get(key) ?? [];
  if (upTo <= known.length) return known.slice(0, upTo);
  const read = (await readOn(context, known, upTo, tracking)) ?? (await readAll(context, upTo, tracking));
  histories.delete(key);
  histories.set(key, read);
  for (const id of histories.keys()) if (histories.size > MOST_KEPT) histories.delete(id);
  return read;
}

/** Forgets what was read of a search that begins: one that is made again may end otherwise where trials had failed. */
export function forget(context: SearchContext, histories: Histories): void {
  histories.delete(keyOf(context));
}

const keyOf = ({ searchId, rebuilt }: SearchContext): string => (rebuilt ? `${searchId} again` : searchId);

/** Window after window from where it was read to; undefined where it isn't known where they begin. */
async function readOn(
  context: SearchContext,
  known: readonly Observation[],
  upTo: number,
  tracking: TrackingClient,
): Promise<Observation[] | undefined> {
  // Who has read nothing may have a thousand windows before it.
  if (known.length === 0) return undefined;
  const read = [...known];
  while (read.length < upTo) {
    const filter = tagIs(TAGS.window, windowJobId(context.searchId, read.length));
    const window = await observed(
      tracking.searchRuns({ experimentIds: [context.experimentId], filter }),
      context,
    );
    if (window.length === 0 || !isWhole(window, read.length)) return undefined;
    read.push(...window);
  }
  return read.length === upTo ? read : undefined;
}

async function readAll(
  context: SearchContext,
  upTo: number,
  tracking: TrackingClient,
): Promise<Observation[]> {
  const all = await observed(childRuns(context, tracking), context);
  return all.filter(({ configuration }) => configuration.index < upTo);
}

/** Whether there is one for each place from the first on. */
const isWhole = (window: readonly Observation[], from: number): boolean =>
  window.every(({ configuration }, i) => configuration.index === from + i);

/** What became of the trials of these runs, sorted by configuration. */
async function observed(runs: AsyncIterable<Run>, context: SearchContext): Promise<Observation[]> {
  const found = new Map<number, Run>();
  for await (const run of runs) {
    const index = indexOf(run);
    // A creation whose answer was late left a second run, which nobody gave an outcome.
    if (found.get(index)?.tags[TAGS.outcome] === undefined) found.set(index, run);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, run]) => observationOf(run, context));
}

// One without an outcome is of a trial whose own job broke, which whoever saw that has not written down yet.
const outcomeTag = z.enum(['complete', 'pruned', 'failed']).default('failed');

const observationOf = (run: Run, context: SearchContext): Observation => {
  const rungs = rungsOf(run, 'split0_');
  return {
    configuration: configurationOf(run),
    outcome: outcomeTag.parse(run.tags[TAGS.outcome]),
    scores: Array.from(
      { length: scoredFolds(context) },
      (_, fold) => run.metrics[scoreName(context, fold)] ?? Number.NaN,
    ),
    ...(rungs.length > 0 && { rungs }),
  };
};

/** The best scores up to fixed epochs that a run keeps, by epoch. */
export const rungsOf = ({ metrics }: Pick<Run, 'metrics'>, prefix = ''): { epoch: number; score: number }[] =>
  Object.entries(metrics)
    .flatMap(([name, score]) => {
      const epoch = name.startsWith(prefix) && /^epoch([1-9]\d*)_score$/.exec(name.slice(prefix.length))?.[1];
      return epoch ? [{ epoch: Number(epoch), score }] : [];
    })
    .sort((a, b) => a.epoch - b.epoch);
