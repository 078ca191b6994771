/** Runs: their life, and what is logged on them. */
import { invalid, notFound } from '../errors.js';
import { checkBatch, checkKey, checkLength, checkRunId, checkRunTag, LIMITS } from '../limits.js';
import type { DatasetInput, KeyValue, LifecycleStage, RunInfo, RunStore } from './contract.js';
import type { Database } from './database.js';
import { activeExperimentRow } from './experiments.js';
import { newRunId, newRunName } from './ids.js';
import { rowInserter } from './insert-rows.js';
import { logModelMetrics } from './logged-models.js';
import { insertMetrics, metricHistory } from './metrics.js';
import { activeRunRow, type RunRow, runRow, toRunInfo, toRuns } from './run-rows.js';
import { searchRuns } from './run-search.js';

const RUN_NAME = 'mlflow.runName';

const COLUMNS = ['run', 'key', 'value'];
const insertTags = rowInserter('INSERT OR REPLACE INTO tags', COLUMNS);
const insertNewParams = rowInserter('INSERT OR IGNORE INTO params', COLUMNS);

export function runStore(db: Database): RunStore {
  const whole = (row: RunRow) => {
    const [run] = toRuns(db, [row]);
    if (!run) throw notFound(`Run with id=${row.run_id} not found`);
    return run;
  };
  const setStage = (runId: string, stage: LifecycleStage) =>
    db.write(() => {
      const { id } = runRow(db, runId);
      db.run(
        'UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE id = ?',
        stage,
        stage === 'deleted' ? Date.now() : null,
        id,
      );
    });
  /** The name stands in two places, as in MLflow: on the run, and in a tag. They move together. */
  const putTags = (run: number, tags: readonly KeyValue[]) => {
    insertTags(
      db,
      tags.map(({ key, value }) => [run, key, value]),
    );
    const name = tags.findLast(({ key }) => key === RUN_NAME);
    if (name) db.run('UPDATE runs SET name = ? WHERE id = ?', name.value, run);
  };

  return {
    create: ({ experimentId, userId, startTime, runName, tags }) =>
      db.write(() => {
        const experiment = activeExperimentRow(db, experimentId);
        const checked = tags.map((tag) => checkRunTag(tag));
        const tagged = checked.findLast(({ key }) => key === RUN_NAME)?.value;
        if (runName && tagged && runName !== tagged) {
          throw invalid(
            `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${runName}', mlflow.runName='${tagged}').`,
          );
        }
        const name = runName || tagged || newRunName();
        const runId = newRunId();
        const info: RunInfo = {
          runId,
          runName: name,
          experimentId: String(experiment.id),
          userId,
          status: 'RUNNING',
          startTime,
          endTime: null,
          artifactUri: `${experiment.artifact_location}/${runId}/artifacts`,
          lifecycleStage: 'active',
        };
        const id = db.insert(
          `INSERT INTO runs (run_id, experiment, name, user_id, status, start_time, artifact_uri)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          runId,
          experiment.id,
          name,
          userId,
          info.status,
          startTime,
          info.artifactUri,
        );
        // A key given twice keeps its last value, as writing one after the other would.
        const kept = new Map(
          [...checked, { key: RUN_NAME, value: name }].map(({ key, value }) => [key, value]),
        );
        insertTags(
          db,
          [...kept].map(([key, value]) => [id, key, value]),
        );
        const stored = [...kept].map(([key, value]) => ({ key, value }));
        return {
          info,
          tags: stored,
          metrics: [],
          params: [],
          datasets: [],
          modelInputs: [],
          modelOutputs: [],
        };
      }),
    get: (runId) => db.read(() => whole(runRow(db, runId))),
    info: (runId) => toRunInfo(runRow(db, runId)),
    update: (runId, { status, endTime, runName }) =>
      db.write(() => {
        const row = activeRunRow(db, runId);
        db.run(
          'UPDATE runs SET status = ?, end_time = ? WHERE id = ?',
          status ?? row.status,
          endTime ?? row.end_time,
          row.id,
        );
        if (runName) putTags(row.id, [{ key: RUN_NAME, value: runName }]);
        return toRunInfo(runRow(db, runId));
      }),
    delete: (runId) => setStage(runId, 'deleted'),
    restore: (runId) => setStage(runId, 'active'),
    logBatch: (runId, unchecked, single = false) => {
      checkRunId(runId);
      const { metrics, params, tags } = checkBatch(unchecked, single);
      db.write(() => {
        const row = activeRunRow(db, runId);
        insertParams(db, row, params, single);
        insertMetrics(db, row.id, metrics);
        logModelMetrics(db, runId, metrics);
        putTags(row.id, tags);
      });
    },
    setTag: (runId, tag) => {
      const checked = checkRunTag(tag);
      db.write(() => putTags(activeRunRow(db, runId).id, [checked]));
    },
    deleteTag: (runId, key) =>
      db.write(() => {
        const { id } = activeRunRow(db, runId);
        if (db.run('DELETE FROM tags WHERE run = ? AND key = ?', id, key) === 0) {
          throw notFound(`No tag with name: ${key} in run with id ${runId}`);
        }
      }),
    logInputs: (runId, { datasets, modelIds }) => {
      checkRunId(runId);
      datasets.forEach(checkDatasetInput);
      db.write(() => {
        const row = activeRunRow(db, runId);
        for (const input of datasets) insertDatasetInput(db, row, input);
        for (const modelId of modelIds) {
          db.run(
            "INSERT OR IGNORE INTO run_models (run, direction, model_id, step) VALUES (?, 'input', ?, 0)",
            row.id,
            modelId,
          );
        }
      });
    },
    logOutputs: (runId, models) =>
      db.write(() => {
        const { id } = activeRunRow(db, runId);
        for (const { modelId, step } of models) {
          db.run(
            "INSERT OR IGNORE INTO run_models (run, direction, model_id, step) VALUES (?, 'output', ?, ?)",
            id,
            modelId,
            step,
          );
        }
      }),
    search: (query) => searchRuns(db, query),
    ...metricHistory(db),
  };
}

function insertParams(db: Database, run: RunRow, params: readonly KeyValue[], single: boolean): void {
  const inserted = insertNewParams(
    db,
    params.map(({ key, value }) => [run.id, key, value]),
  );
  if (inserted === params.length) return;
  const changed: string[] = [];
  for (const { key, value } of params) {
    const { value: old } = db.get<{ value: string }>(
      'SELECT value FROM params WHERE run = ? AND key = ?',
      run.id,
      key,
    ) as { value: string };
    if (old !== value && single) {
      throw invalid(
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${old}' for run ID='${run.run_id}'. Attempted logging new value '${value}'.`,
      );
    }
    if (old !== value) changed.push(`{'key': '${key}', 'old_value': '${old}', 'new_value': '${value}'}`);
  }
  if (changed.length > 0) {
    throw invalid(
      `Changing param values is not allowed. Params were already logged='[${changed.join(', ')}]' for run ID='${run.run_id}'.`,
    );
  }
}

function checkDatasetInput({ dataset, tags }: DatasetInput): void {
  checkLength('name', LIMITS.datasetNameLength, dataset.name);
  checkLength('digest', LIMITS.datasetDigestLength, dataset.digest);
  checkLength('source', LIMITS.datasetSourceLength, dataset.source);
  checkLength('schema', LIMITS.datasetSchemaLength, dataset.schema);
  checkLength('profile', LIMITS.datasetProfileLength, dataset.profile);
  tags.forEach(({ key, value }) => {
    checkKey(key, 'key');
    checkLength('key', LIMITS.inputTagKeyLength, key);
    checkLength('value', LIMITS.inputTagValueLength, value);
  });
}

/** A dataset belongs to the experiment and is stored once; each run's use of it, with its tags, once as well. */
function insertDatasetInput(db: Database, run: RunRow, { dataset, tags }: DatasetInput): void {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  db.run(
    `INSERT OR IGNORE INTO datasets (experiment, name, digest, source_type, source, schema, profile)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    run.experiment,
    name,
    digest,
    sourceType,
    source,
    schema,
    profile,
  );
  const { id } = db.get<{ id: number }>(
    'SELECT id FROM datasets WHERE experiment = ? AND name = ? AND digest = ?',
    run.experiment,
    name,
    digest,
  ) as { id: number };
  if (db.run('INSERT OR IGNORE INTO dataset_inputs (run, dataset) VALUES (?, ?)', run.id, id) === 0) return;
  for (const { key, value } of tags) {
    db.run(
      'INSERT OR REPLACE INTO dataset_input_tags (run, dataset, key, value) VALUES (?, ?, ?, ?)',
      run.id,
      id,
      key,
      value,
    );
  }
}
