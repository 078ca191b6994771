/** The trials of a search as columns: one array for each thing that is told of them, a row for each trial, best first. */
import type { ParameterValue } from '../../queue/index.js';
import type { RunStatus } from '../../tracking/client/index.js';
import { generationAt } from './generation.js';
import type { PruningStop, TrialSummary } from './runs.js';

/** Arrays of one length. A number that is not known is null. */
export interface TrialColumns {
  readonly runId: readonly string[];
  /** Short, and unique in the search: `simple-20`. */
  readonly name: readonly string[];
  readonly model: readonly string[];
  /** Place of the configuration in the search space. */
  readonly index: readonly number[];
  /** From 1; null of a search that has no generations. */
  readonly generation: readonly (number | null)[];
  /** 1 = best; null without a mean. */
  readonly rank: readonly (number | null)[];
  readonly status: readonly (RunStatus | 'PRUNED')[];
  /** Why it failed or was pruned. */
  readonly reason: readonly (string | null)[];
  /** Of those that were pruned: the rule, after which fold or epoch, and the numbers that it went by. */
  readonly stop: readonly (PruningStop | null)[];
  /** Over the folds: mean and population standard deviation of the objective. */
  readonly mean: readonly (number | null)[];
  readonly std: readonly (number | null)[];
  /** Score of each fold. */
  readonly folds: readonly (readonly (number | null)[])[];
  /** Mean over the folds. */
  readonly fitSeconds: readonly (number | null)[];
  readonly startTime: readonly number[];
  readonly endTime: readonly (number | null)[];
  /** Those that vary, by name; null where a model kind lacks one. */
  readonly parameters: Readonly<Record<string, readonly (ParameterValue | null)[]>>;
}

/** What the trials have in common stands beside their columns, once. */
export interface TrialTable {
  readonly columns: TrialColumns;
  /** Parameters that take several values, also those that take several within one model kind only. */
  readonly varying: readonly string[];
  readonly shared: Readonly<Record<string, ParameterValue>>;
}

/**
 * @param trials - In the order of their ranks.
 * @param generation - Configurations of a generation, where there are any.
 */
export function trialTable(
  trials: readonly TrialSummary[],
  foldsOfTrial: number,
  generation: number | null = null,
): TrialTable {
  const values = new Map<string, Set<ParameterValue>>();
  for (const { configuration } of trials) {
    for (const [name, value] of Object.entries(configuration.parameters)) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  const varying = [...values].filter(([, seen]) => seen.size > 1).map(([name]) => name);
  const same = [...values].filter(([, seen]) => seen.size === 1);
  const ofParameters = varying.map((name) => [
    name,
    trials.map(({ configuration }) => configuration.parameters[name] ?? null),
  ]);
  const means = trials.map(({ mean }) => known(mean));
  const ranks = new Map<number | null, number>();
  // Equal ones share a rank.
  for (const [row, mean] of means.entries()) if (!ranks.has(mean)) ranks.set(mean, row + 1);
  return {
    varying,
    shared: Object.fromEntries(same.map(([name, [value]]) => [name, value!])),
    columns: {
      runId: trials.map(({ runId }) => runId),
      name: trials.map(nameOf),
      model: trials.map(({ configuration }) => configuration.model),
      index: trials.map(({ configuration }) => configuration.index),
      generation: trials.map(({ configuration }) => generationAt(configuration.index, generation)),
      rank: means.map((mean) => (mean === null ? null : ranks.get(mean)!)),
      status: trials.map(({ status, outcome }) => (outcome === 'pruned' ? 'PRUNED' : status)),
      reason: trials.map(({ failure, pruned }) => failure ?? pruned ?? null),
      stop: trials.map(({ stop }) => stop ?? null),
      mean: means,
      std: trials.map(({ std }) => known(std)),
      folds: trials.map(({ metrics }) =>
        Array.from({ length: foldsOfTrial }, (_, fold) => known(metrics[`split${fold}_test_score`])),
      ),
      fitSeconds: trials.map(({ metrics }) => known(metrics.mean_fit_time)),
      startTime: trials.map(({ startTime }) => startTime),
      endTime: trials.map(({ endTime }) => endTime),
      parameters: Object.fromEntries(ofParameters),
    },
  };
}

/** The short name of a trial; a run may have been renamed. */
export const nameOf = ({ configuration }: Pick<TrialSummary, 'configuration'>): string =>
  `${configuration.model}-${configuration.index}`;

const known = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
