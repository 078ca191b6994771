/** Folds that a window's trials did not have to train: their results were known before. They take no time. */
import type { Configuration } from './configuration.js';
import type { WindowPayload } from './jobs.js';

/** How many of a configuration's folds are such, in a window. */
export function takenIn({
  known = [],
  taken = {},
  race,
}: WindowPayload): (configuration: Configuration) => number {
  const counts = new Map(Object.entries(taken).map(([index, count]) => [Number(index), count]));
  for (const { configuration, folds } of known) counts.set(configuration.index, folds.finished);
  for (const { index, fold } of race?.known ?? [])
    if (fold < race!.rung) counts.set(index, (counts.get(index) ?? 0) + 1);
  return ({ index }) => counts.get(index) ?? 0;
}

/** Counts by model kind. */
export type ByModel = Readonly<Record<string, number>>;

/** The same for all of a window, by model kind. */
export function takenByModel(window: WindowPayload): ByModel {
  const countOf = takenIn(window);
  return sumByModel(window.configurations.map((one) => ({ [one.model]: countOf(one) })));
}

/** Added up; kinds of which there are none are left out. */
export function sumByModel(all: readonly (ByModel | undefined)[]): ByModel {
  const sums = new Map<string, number>();
  for (const [model, count] of all.flatMap((one) => Object.entries(one ?? {})))
    if (count > 0) sums.set(model, (sums.get(model) ?? 0) + count);
  return Object.fromEntries(sums);
}
