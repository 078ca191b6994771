/** Logged models: what `mlflow.<flavor>.log_model` of MLflow 3 creates, fills and reads back. */
import { isDeepStrictEqual } from 'node:util';
import { ApiError, invalid, notFound } from '../errors.js';
import { every } from '../filter/compile.js';
import { afterToken, type CursorRow, cursorColumns, orderBy, toPage } from '../filter/paging.js';
import { checkKey, checkLength, LIMITS } from '../limits.js';
import type {
  KeyValue,
  LifecycleStage,
  LoggedModel,
  LoggedModelStatus,
  LoggedModelStore,
  MetricWrite,
} from './contract.js';
import type { Database } from './database.js';
import { activeExperimentRow, parseExperimentId } from './experiments.js';
import { newModelId, newRunName } from './ids.js';
import { loggedModelConditions, loggedModelOrder } from './logged-model-search.js';
import { storedValue } from './metrics.js';
import { toMetric } from './run-rows.js';

interface ModelRow {
  id: number;
  model_id: string;
  experiment: number;
  name: string;
  artifact_location: string;
  creation_time: number;
  last_update_time: number;
  status: LoggedModelStatus;
  model_type: string | null;
  source_run_id: string | null;
  lifecycle_stage: LifecycleStage;
}

type MetricRow = Parameters<typeof toMetric>[0] & {
  run_id: string;
  dataset_name: string | null;
  dataset_digest: string | null;
};

function modelRow(db: Database, modelId: string): ModelRow {
  const row = db.get<ModelRow>(
    "SELECT * FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'active'",
    modelId,
  );
  if (!row) throw notFound(`Logged model with ID '${modelId}' not found.`);
  return row;
}

const checkPair = (what: string, valueLimit: number, { key, value }: KeyValue): void => {
  checkKey(key, 'key');
  checkLength(`Logged model ${what} key`, LIMITS.keyLength, key);
  checkLength(`Logged model ${what} value`, valueLimit, value);
};

export function loggedModelStore(db: Database): LoggedModelStore {
  const toModel = (row: ModelRow): LoggedModel => ({
    modelId: row.model_id,
    experimentId: String(row.experiment),
    name: row.name,
    artifactUri: row.artifact_location,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    status: row.status,
    modelType: row.model_type,
    sourceRunId: row.source_run_id,
    params: db.all<KeyValue>(
      'SELECT key, value FROM logged_model_params WHERE model = ? ORDER BY key',
      row.id,
    ),
    tags: db.all<KeyValue>('SELECT key, value FROM logged_model_tags WHERE model = ? ORDER BY key', row.id),
    metrics: db
      .all<MetricRow>(
        'SELECT * FROM logged_model_metrics WHERE model = ? ORDER BY key, timestamp, step',
        row.id,
      )
      .map((metric) => ({
        ...toMetric(metric),
        runId: metric.run_id,
        ...(metric.dataset_name === null ? {} : { datasetName: metric.dataset_name }),
        ...(metric.dataset_digest === null ? {} : { datasetDigest: metric.dataset_digest }),
      })),
  });
  const touch = (id: number) =>
    db.run('UPDATE logged_models SET last_update_time = ? WHERE id = ?', Date.now(), id);
  const putTags = (id: number, tags: readonly KeyValue[]) => {
    for (const { key, value } of tags) {
      db.run('INSERT OR REPLACE INTO logged_model_tags (model, key, value) VALUES (?, ?, ?)', id, key, value);
    }
  };
  const putParams = (id: number, params: readonly KeyValue[]) => {
    for (const { key, value } of params) {
      const added = db.run(
        'INSERT OR IGNORE INTO logged_model_params (model, key, value) VALUES (?, ?, ?)',
        id,
        key,
        value,
      );
      // Even with the same value, as MLflow has it; nothing of the call is kept.
      if (added === 0) throw new ApiError('BAD_REQUEST', `The logged model's param '${key}' is already set.`);
    }
  };
  const checkParams = (params: readonly KeyValue[]) =>
    params.forEach((param) => {
      checkPair('param', LIMITS.paramValueLength, param);
    });
  const checkTags = (tags: readonly KeyValue[]) =>
    tags.forEach((tag) => {
      checkPair('tag', LIMITS.tagValueLength, tag);
    });

  return {
    create: ({ experimentId, name, modelType, sourceRunId, params, tags }) => {
      if (name !== undefined && (name === '' || /[/:.%"']/.test(name))) {
        throw invalid(
          `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
        );
      }
      checkParams(params);
      checkTags(tags);
      return db.write(() => {
        const experiment = activeExperimentRow(db, experimentId);
        const modelId = newModelId();
        const now = Date.now();
        const id = db.insert(
          `INSERT INTO logged_models (model_id, experiment, name, artifact_location, creation_time, last_update_time,
             status, model_type, source_run_id) VALUES (?, ?, ?, ?, ?, ?, 'LOGGED_MODEL_PENDING', ?, ?)`,
          modelId,
          experiment.id,
          name ?? newRunName(),
          `${experiment.artifact_location}/models/${modelId}/artifacts`,
          now,
          now,
          modelType ?? null,
          sourceRunId ?? null,
        );
        putParams(id, params);
        putTags(id, tags);
        return toModel(modelRow(db, modelId));
      });
    },
    get: (modelId) => db.read(() => toModel(modelRow(db, modelId))),
    finalize: (modelId, status) =>
      db.write(() => {
        const { id } = modelRow(db, modelId);
        db.run('UPDATE logged_models SET status = ? WHERE id = ?', status, id);
        touch(id);
        return toModel(modelRow(db, modelId));
      }),
    delete: (modelId) =>
      db.write(() => {
        const { id } = modelRow(db, modelId);
        db.run("UPDATE logged_models SET lifecycle_stage = 'deleted' WHERE id = ?", id);
        touch(id);
      }),
    setTags: (modelId, tags) => {
      checkTags(tags);
      return db.write(() => {
        putTags(modelRow(db, modelId).id, tags);
        return toModel(modelRow(db, modelId));
      });
    },
    deleteTag: (modelId, key) =>
      db.write(() => {
        const { id } = modelRow(db, modelId);
        if (db.run('DELETE FROM logged_model_tags WHERE model = ? AND key = ?', id, key) === 0) {
          throw notFound(`No tag with key '${key}' found for model with ID '${modelId}'.`);
        }
      }),
    logParams: (modelId, params) => {
      checkParams(params);
      db.write(() => putParams(modelRow(db, modelId).id, params));
    },
    search: ({ experimentIds, filter, datasets, orderBy: order, maxResults, pageToken }) =>
      db.read(() => {
        const { terms, joins } = loggedModelOrder(order);
        const scope = {
          'The list of experiment IDs': experimentIds,
          'The filter string': filter,
          order_by: order,
        };
        const where = every([
          { sql: "l.lifecycle_stage = 'active'", values: [] },
          {
            sql: 'l.experiment IN (SELECT value FROM json_each(?))',
            values: [JSON.stringify(experimentIds.map(parseExperimentId))],
          },
          ...loggedModelConditions(filter, datasets),
          afterToken(terms, pageToken, scope),
        ]);
        const rows = db.all<ModelRow & CursorRow>(
          `SELECT l.*, ${cursorColumns(terms)} FROM logged_models l ${joins.sql} WHERE ${where.sql} ORDER BY ${orderBy(terms)} LIMIT ?`,
          ...joins.values,
          ...where.values,
          maxResults + 1,
        );
        return toPage(rows, maxResults, terms, (page) => page.map(toModel), scope);
      }),
  };
}

const VERSIONS_TAG = 'mlflow.modelVersions';

/** Tells a logged model which versions were registered from it; MLflow's pages read that tag. */
export function noteVersion(db: Database, modelId: string, version: { name: string; version: number }): void {
  const { id } = modelRow(db, modelId);
  const tag = db.get<{ value: string }>(
    'SELECT value FROM logged_model_tags WHERE model = ? AND key = ?',
    id,
    VERSIONS_TAG,
  );
  const known = tag ? readVersions(tag.value) : [];
  if (known.some((one) => isDeepStrictEqual(one, version))) return;
  db.run(
    'INSERT OR REPLACE INTO logged_model_tags (model, key, value) VALUES (?, ?, ?)',
    id,
    VERSIONS_TAG,
    pythonJson([...known, version]),
  );
}

/** With the spaces of Python's JSON: MLflow's own tests compare the text. */
const pythonJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${pythonJson(field)}`);
  return `{${fields.join(', ')}}`;
};

/** Whatever a client has written there: what is no list starts anew. */
function readVersions(json: string): unknown[] {
  try {
    const versions: unknown = JSON.parse(json);
    return Array.isArray(versions) ? versions : [];
  } catch {
    return [];
  }
}

/** The metrics of a batch that name a logged model count for that model as well. */
export function logModelMetrics(db: Database, runId: string, metrics: readonly MetricWrite[]): void {
  for (const { key, value: raw, timestamp, step, modelId, datasetName, datasetDigest } of metrics) {
    if (modelId === undefined) continue;
    const { value, isNan } = storedValue(raw);
    db.run(
      `INSERT OR IGNORE INTO logged_model_metrics
         (model, run_id, key, timestamp, step, value, is_nan, dataset_name, dataset_digest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      modelRow(db, modelId).id,
      runId,
      key,
      timestamp,
      step,
      value,
      isNan,
      datasetName ?? null,
      datasetDigest ?? null,
    );
  }
}
