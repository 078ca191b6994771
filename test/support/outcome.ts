/** What of a search must not depend on what happened to it, and what must hold however it ends. */
import { type Run, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { runsOf, type Submitted } from './runs.js';

/** Numbers but for times, by name. */
const numbersOf = ({ metrics }: Run): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics)
      .filter(([name]) => !name.includes('time'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const byIndex = (a: Run, b: Run): number =>
  Number(a.tags[TAGS.index]) - Number(b.tags[TAGS.index]) ||
  Number(a.tags[TAGS.fold] ?? 0) - Number(b.tags[TAGS.fold] ?? 0);

/**
 * Whatever faults must not change: proposals with what became of each, prunings with their evidence, every fold's numbers and where
 * they were taken from, the winner, its refit's numbers and the nested estimate.
 */
export async function outcomeOf(client: TrackingClient, search: Submitted) {
  const { children, folds, refits } = await runsOf(client, search);
  const parent = await client.getRun(search.parentRunId);
  const winner = children.find(({ info }) => info.runId === parent.tags[TAGS.bestChild]);
  return {
    winner: winner?.tags[TAGS.configuration] ?? 'none',
    parent: { ...numbersOf(parent), reused: parent.tags[TAGS.reused], cut: parent.tags[TAGS.cut] },
    trials: children.toSorted(byIndex).map((run) => ({
      name: run.info.runName,
      configuration: run.tags[TAGS.configuration],
      params: run.params,
      outcome: run.tags[TAGS.outcome],
      pruned: run.tags[TAGS.pruned],
      evidence: run.tags[TAGS.pruningEvidence],
      numbers: numbersOf(run),
    })),
    folds: folds.toSorted(byIndex).map((run) => ({
      name: run.info.runName,
      evidence: run.tags[TAGS.pruningEvidence],
      reusedFrom: run.tags[TAGS.reusedFrom],
      numbers: numbersOf(run),
    })),
    refits: refits.map(numbersOf),
  };
}

export type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

/** Where two outcomes differ, in few words. */
export function differences(found: unknown, expected: unknown, path = ''): string[] {
  if (JSON.stringify(found) === JSON.stringify(expected)) return [];
  const isNode = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isNode(found) || !isNode(expected))
    return [`${path} is ${JSON.stringify(found)}, undisturbed ${JSON.stringify(expected)}`];
  const all = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
  const named = all.flatMap((key) => differences(found[key], expected[key], `${path}/${key}`));
  return named.length > 0 ? named.slice(0, 10) : [`${path} is in another order`];
}

/** Names what a search has twice: versions of a model, points of a curve. */
export async function doubles(client: TrackingClient, search: Submitted): Promise<string[]> {
  const { folds, children, refits } = await runsOf(client, search);
  const found: string[] = [];
  for (const { info } of refits) {
    const versions = await client.searchModelVersions(`run_id = '${info.runId}'`);
    if (versions.length !== 1) found.push(`${versions.length} versions`);
  }
  for (const run of [...folds, ...children]) {
    const key = run.tags[TAGS.fold] === undefined ? 'mean_test_score' : 'loss';
    const steps = (await client.metricHistory(run.info.runId, key)).map(({ step }) => step);
    if (new Set(steps).size !== steps.length) found.push(`${run.info.runName} has points twice`);
  }
  return found;
}
