/** One run for the page. */

import { z } from 'zod';
import type { DatasetInput, TrackingClient } from '../../tracking/client/index.js';
import type { RunView } from '../page/api.js';
import {
  type Curves,
  type Judged,
  judgementOf,
  type RunDetail,
  readJudged,
  readRun,
  readSearch,
} from '../results/index.js';
import { lineageOfRun } from './lineage.js';
import { numberOrNull } from './numbers.js';

/** @throws TrackingError RESOURCE_DOES_NOT_EXIST */
export async function runView(client: TrackingClient, runId: string): Promise<RunView> {
  const run = await readRun(client, runId);
  const [judged, inputs] = await Promise.all([
    splitsOf(client, run).then((splits) => readJudged(client, run, splits)),
    client.loggedInputs(runId),
  ]);
  const { children, curves, metrics, failure, attempts, reusedFrom: _, ...rest } = run;
  return {
    ...rest,
    failure: failure ?? null,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, numberOrNull(value)])),
    attempts: attempts.map(({ worker, reason }) => ({ worker, reason })),
    children: children.map(childOf),
    curves: curves.map(curvesOf),
    lineage: lineageOfRun(run),
    datasets: inputs.map(datasetOf),
    judged: judgedOf(judged),
  };
}

function datasetOf({ tags, dataset: { name, digest, profile } }: DatasetInput): RunView['datasets'][number] {
  return {
    name,
    digest,
    context: tags.find(({ key }) => key === 'mlflow.data.context')?.value ?? null,
    rows: rowsIn(profile),
  };
}

/** What MLflow's profile says; anybody may have written it. */
function rowsIn(profile: string | undefined): number | null {
  try {
    return z.object({ num_rows: z.int() }).parse(JSON.parse(profile ?? '')).num_rows;
  } catch {
    return null;
  }
}

/** Folds of one round, in which each row is judged once. */
async function splitsOf(
  client: TrackingClient,
  { role, parentRunId }: RunDetail,
): Promise<number | undefined> {
  if (role !== 'trial' || parentRunId === null) return undefined;
  return Number((await readSearch(client, parentRunId)).params.n_splits) || undefined;
}

/** Rows that are named. */
const MOST_MISTAKES = 200;

export function judgedOf(judged: Judged | undefined): RunView['judged'] {
  if (judged === undefined) return null;
  const { classes, confusion, mistakes } = judgementOf(judged);
  return { classes, confusion, mistakes: mistakes.slice(0, MOST_MISTAKES), mistakesInAll: mistakes.length };
}

const childOf = ({
  runId,
  runName,
  status,
  metrics,
  failure,
  reusedFrom,
}: RunDetail['children'][number]) => ({
  runId,
  runName,
  status,
  score: numberOrNull(metrics.mean_test_score ?? metrics.score),
  failure: failure ?? null,
  reusedFrom: reusedFrom ?? null,
});

export const curvesOf = ({ runId, runName, metrics }: Curves) => ({
  runId,
  runName,
  metrics: Object.fromEntries(
    Object.entries(metrics).map(([name, { steps, values }]) => [
      name,
      { steps, values: values.map(numberOrNull) },
    ]),
  ),
});
