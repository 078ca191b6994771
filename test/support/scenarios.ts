/** The table of searches that faults are thrown at, each over in seconds. */
import { fileURLToPath } from 'node:url';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Sandbox } from './cli.js';
import { runsOf, type Submitted } from './runs.js';
import { TINY_GRID } from './spaces.js';

const file = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/chaos/${name}.yaml`, import.meta.url));

export interface Scenario {
  readonly name: string;
  readonly file: string;
  /** The search that it extends; without one all is trained. */
  readonly extends?: string;
}

export const GRID: Scenario = { name: 'grid', file: TINY_GRID };

export const SCENARIOS: readonly Scenario[] = [
  GRID,
  { name: 'pruned', file: file('pruned') },
  { name: 'tpe', file: file('tpe') },
  { name: 'nested', file: file('nested') },
  { name: 'extend', file: file('whole'), extends: file('half') },
];

/** Submits a scenario's search. @param base - The search that it extends, if it does. */
export const submitScenario = (
  box: Sandbox,
  scenario: Scenario,
  base: Submitted | undefined,
): Promise<Submitted> =>
  base === undefined
    ? // What the one before has finished would leave nothing to disturb.
      box.submit(scenario.file, '--fresh')
    : box.json('extend', base.searchId, scenario.file);

/** Deletes the folds of a search that extended another: the next one is to take over what the first had, and no more. */
export async function forgetFolds(client: TrackingClient, search: Submitted): Promise<void> {
  for (const { info } of (await runsOf(client, search)).folds) await client.deleteRun(info.runId);
}
