/** Experiments and their tags. */
import { ApiError, alreadyExists, invalid, notFound } from '../errors.js';
import { every } from '../filter/compile.js';
import { afterToken, type CursorRow, cursorColumns, orderBy, toPage } from '../filter/paging.js';
import { checkExperimentName, checkExperimentTag, checkLength } from '../limits.js';
import type { Experiment, ExperimentStore, KeyValue, LifecycleStage } from './contract.js';
import type { Database } from './database.js';
import { experimentConditions, experimentOrder } from './experiment-search.js';

export interface ExperimentRow {
  id: number;
  name: string;
  artifact_location: string;
  lifecycle_stage: LifecycleStage;
  creation_time: number;
  last_update_time: number;
}

const notThere = (experimentId: string) => notFound(`No Experiment with id=${experimentId} exists`);

/** Reads the number out of an experiment id. */
export function parseExperimentId(experimentId: string): number {
  if (!/^-?\d{1,15}$/.test(experimentId)) {
    throw invalid(`Invalid experiment ID '${experimentId}'. Experiment ID must be a valid integer.`);
  }
  return Number(experimentId);
}

/** The experiment's row, which must be there, in whatever stage. */
export function experimentRow(db: Database, experimentId: string): ExperimentRow {
  const row = db.get<ExperimentRow>(
    'SELECT * FROM experiments WHERE id = ?',
    parseExperimentId(experimentId),
  );
  if (!row) throw notThere(experimentId);
  return row;
}

/** The experiment's row, which must be there and not deleted. */
export function activeExperimentRow(db: Database, experimentId: string): ExperimentRow {
  const row = experimentRow(db, experimentId);
  if (row.lifecycle_stage !== 'active') {
    throw invalid(
      `The experiment ${row.id} must be in the 'active' state. Current state is ${row.lifecycle_stage}.`,
    );
  }
  return row;
}

export function experimentStore(db: Database, artifactRoot: string): ExperimentStore {
  const toExperiment = (row: ExperimentRow): Experiment => ({
    experimentId: String(row.id),
    name: row.name,
    artifactLocation: row.artifact_location,
    lifecycleStage: row.lifecycle_stage,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    tags: db.all<KeyValue>(
      'SELECT key, value FROM experiment_tags WHERE experiment = ? ORDER BY key',
      row.id,
    ),
  });
  const idOfName = (name: string) =>
    db.get<{ id: number }>('SELECT id FROM experiments WHERE name = ?', name)?.id;
  const putTag = (experiment: number, { key, value }: KeyValue) =>
    db.run(
      'INSERT OR REPLACE INTO experiment_tags (experiment, key, value) VALUES (?, ?, ?)',
      experiment,
      key,
      value,
    );

  const setStage = (experimentId: string, from: LifecycleStage, to: LifecycleStage) =>
    db.write(() => {
      const row = experimentRow(db, experimentId);
      if (row.lifecycle_stage !== from) throw notThere(experimentId);
      const now = Date.now();
      const deleted = to === 'deleted' ? now : null;
      db.run(
        'UPDATE experiments SET lifecycle_stage = ?, last_update_time = ?, deleted_time = ? WHERE id = ?',
        to,
        now,
        deleted,
        row.id,
      );
      db.run(
        'UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE experiment = ?',
        to,
        deleted,
        row.id,
      );
    });

  return {
    create: ({ name, artifactLocation, tags }) => {
      checkExperimentName(name);
      checkLength('artifact_location', 2048, artifactLocation);
      tags.forEach(checkExperimentTag);
      return db.write(() => {
        if (idOfName(name) !== undefined) throw alreadyExists(`Experiment(name=${name}) already exists.`);
        const now = Date.now();
        const id = db.insert(
          'INSERT INTO experiments (name, artifact_location, creation_time, last_update_time) VALUES (?, ?, ?, ?)',
          name,
          artifactLocation ?? '',
          now,
          now,
        );
        if (!artifactLocation) {
          db.run('UPDATE experiments SET artifact_location = ? WHERE id = ?', `${artifactRoot}/${id}`, id);
        }
        for (const tag of tags) putTag(id, tag);
        return String(id);
      });
    },
    get: (experimentId) => db.read(() => toExperiment(experimentRow(db, experimentId))),
    getByName: (name) =>
      db.read(() => {
        const row = db.get<ExperimentRow>('SELECT * FROM experiments WHERE name = ?', name);
        if (!row) throw notFound(`Could not find experiment with name '${name}'`);
        return toExperiment(row);
      }),
    search: ({ filter, orderBy: order, viewType, maxResults, pageToken }) =>
      db.read(() => {
        const terms = experimentOrder(order);
        const where = every([...experimentConditions(filter, viewType), afterToken(terms, pageToken)]);
        const rows = db.all<ExperimentRow & CursorRow>(
          `SELECT e.*, ${cursorColumns(terms)} FROM experiments e WHERE ${where.sql} ORDER BY ${orderBy(terms)} LIMIT ?`,
          ...where.values,
          maxResults + 1,
        );
        return toPage(rows, maxResults, terms, (page) => page.map(toExperiment));
      }),
    rename: (experimentId, name) => {
      checkExperimentName(name);
      db.write(() => {
        const row = experimentRow(db, experimentId);
        if (row.lifecycle_stage !== 'active') {
          throw new ApiError('INVALID_STATE', 'Cannot rename a non-active experiment.');
        }
        const taken = idOfName(name);
        if (taken !== undefined && taken !== row.id)
          throw alreadyExists(`Experiment(name=${name}) already exists.`);
        db.run(
          'UPDATE experiments SET name = ?, last_update_time = ? WHERE id = ?',
          name,
          Date.now(),
          row.id,
        );
      });
    },
    delete: (experimentId) => setStage(experimentId, 'active', 'deleted'),
    restore: (experimentId) => setStage(experimentId, 'deleted', 'active'),
    setTag: (experimentId, tag) => {
      checkExperimentTag(tag);
      db.write(() => putTag(activeExperimentRow(db, experimentId).id, tag));
    },
    deleteTag: (experimentId, key) =>
      db.write(() => {
        const { id } = activeExperimentRow(db, experimentId);
        if (db.run('DELETE FROM experiment_tags WHERE experiment = ? AND key = ?', id, key) === 0) {
          throw notFound(`No tag with name: ${key} in experiment with id ${experimentId}`);
        }
      }),
    datasets: (experimentIds) =>
      db
        .all<{ experiment: number; name: string; digest: string; context: string | null }>(
          `SELECT DISTINCT d.experiment, d.name, d.digest, t.value AS context
           FROM datasets d
           JOIN dataset_inputs i ON i.dataset = d.id
           LEFT JOIN dataset_input_tags t ON t.run = i.run AND t.dataset = i.dataset AND t.key = 'mlflow.data.context'
           WHERE d.experiment IN (SELECT value FROM json_each(?))
           LIMIT 1000`,
          JSON.stringify(experimentIds.map(parseExperimentId)),
        )
        .map(({ experiment, name, digest, context }) => ({
          experimentId: String(experiment),
          name,
          digest,
          ...(context === null ? {} : { context }),
        })),
  };
}
