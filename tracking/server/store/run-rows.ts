/** Reads whole runs, many at a time: one query per kind of child, whatever the number of runs. */
import { invalid, notFound } from '../errors.js';
import type {
  DatasetInput,
  KeyValue,
  LifecycleStage,
  Metric,
  ModelOutput,
  Run,
  RunInfo,
  RunStatus,
} from './contract.js';
import type { Database } from './database.js';

export interface RunRow {
  id: number;
  run_id: string;
  experiment: number;
  name: string;
  user_id: string;
  status: RunStatus;
  start_time: number;
  end_time: number | null;
  artifact_uri: string;
  lifecycle_stage: LifecycleStage;
}

interface MetricRow {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  is_nan: number;
}

/** A stored point as the caller sees it. */
export const toMetric = ({ key, value, timestamp, step, is_nan }: MetricRow): Metric => ({
  key,
  value: is_nan === 1 ? Number.NaN : value,
  timestamp,
  step,
});

export const toRunInfo = (row: RunRow): RunInfo => ({
  runId: row.run_id,
  runName: row.name,
  experimentId: String(row.experiment),
  userId: row.user_id,
  status: row.status,
  startTime: row.start_time,
  endTime: row.end_time,
  artifactUri: row.artifact_uri,
  lifecycleStage: row.lifecycle_stage,
});

/** The run's row, which must be there, in whatever stage. */
export function runRow(db: Database, runId: string): RunRow {
  const row = db.get<RunRow>('SELECT * FROM runs WHERE run_id = ?', runId);
  if (!row) throw notFound(`Run with id=${runId} not found`);
  return row;
}

/** The run's row, which must be there and not deleted. */
export function activeRunRow(db: Database, runId: string): RunRow {
  const row = runRow(db, runId);
  if (row.lifecycle_stage !== 'active') {
    throw invalid(`The run ${runId} must be in the 'active' state. Current state is ${row.lifecycle_stage}.`);
  }
  return row;
}

/** Completes rows with everything that hangs on them, in the rows' order. */
export function toRuns(db: Database, rows: readonly RunRow[]): Run[] {
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const runs = new Map<number, Run>(
    rows.map((row) => [
      row.id,
      {
        info: toRunInfo(row),
        metrics: [],
        params: [],
        tags: [],
        datasets: [],
        modelInputs: [],
        modelOutputs: [],
      },
    ]),
  );
  const of = (run: number): Run => runs.get(run) as Run;
  type Owned<T> = T & { run: number };

  for (const row of db.all<Owned<MetricRow>>(
    'SELECT run, key, value, timestamp, step, is_nan FROM latest_metrics WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key',
    ids,
  )) {
    of(row.run).metrics.push(toMetric(row));
  }
  for (const { run, key, value } of db.all<Owned<KeyValue>>(
    'SELECT run, key, value FROM params WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key',
    ids,
  )) {
    of(run).params.push({ key, value });
  }
  for (const { run, key, value } of db.all<Owned<KeyValue>>(
    'SELECT run, key, value FROM tags WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key',
    ids,
  )) {
    of(run).tags.push({ key, value });
  }
  for (const { run, direction, model_id, step } of db.all<
    Owned<{ direction: 'input' | 'output'; model_id: string; step: number }>
  >(
    'SELECT run, direction, model_id, step FROM run_models WHERE run IN (SELECT value FROM json_each(?))',
    ids,
  )) {
    if (direction === 'input') of(run).modelInputs.push(model_id);
    else of(run).modelOutputs.push({ modelId: model_id, step } satisfies ModelOutput);
  }
  for (const [run, inputs] of datasetInputs(db, ids)) of(run).datasets.push(...inputs);
  return rows.map(({ id }) => of(id));
}

interface DatasetRow {
  run: number;
  id: number;
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string | null;
  profile: string | null;
}

function datasetInputs(db: Database, ids: string): Map<number, DatasetInput[]> {
  const byRun = new Map<number, DatasetInput[]>();
  const byInput = new Map<string, DatasetInput>();
  for (const row of db.all<DatasetRow>(
    `SELECT i.run, d.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
     FROM dataset_inputs i JOIN datasets d ON d.id = i.dataset WHERE i.run IN (SELECT value FROM json_each(?))`,
    ids,
  )) {
    const { run, id, name, digest, source_type: sourceType, source, schema, profile } = row;
    const input: DatasetInput = { dataset: { name, digest, sourceType, source, schema, profile }, tags: [] };
    byInput.set(`${run} ${id}`, input);
    byRun.set(run, [...(byRun.get(run) ?? []), input]);
  }
  if (byRun.size === 0) return byRun;
  for (const { run, dataset, key, value } of db.all<KeyValue & { run: number; dataset: number }>(
    'SELECT run, dataset, key, value FROM dataset_input_tags WHERE run IN (SELECT value FROM json_each(?))',
    ids,
  )) {
    byInput.get(`${run} ${dataset}`)?.tags.push({ key, value });
  }
  return byRun;
}
