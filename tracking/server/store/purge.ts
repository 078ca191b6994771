/** Removes for good what was deleted: MLflow's `delete` only marks. */
import { ARTIFACT_ROOT } from '../artifacts/uri.js';
import type { Database } from './database.js';

/** Rows of one transaction: other processes may write in between. */
const AT_ONCE = 100;
/** How long a purged folder is looked at again: nobody still writes to a run that was deleted a week ago. */
const WATCHED_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Why something deleted stays: a model version is made from it, the search that it belongs to is under way, or its artifacts are
 * in a store that is not ours.
 */
export type Keep = 'version' | 'running' | 'elsewhere';

export interface Purged {
  runs: string[];
  loggedModels: string[];
  experiments: string[];
  /** What was deleted and stays. */
  kept: { id: string; why: Keep }[];
}

export interface PurgeStore {
  /** What {@link PurgeStore.purge} would do now, and where the artifacts are of what would go. */
  look(before: number): Purged & { folders: string[] };
  /**
   * Removes what was deleted before a time (ms). Each part is checked and removed in one transaction: what is restored, or made
   * a version of, meanwhile stays. Artifact folders of what is gone are then among {@link PurgeStore.folders}.
   */
  purge(before: number): Purged;
  /** Artifact folders, as URIs, of what was purged lately; a process that outlived its run may have written there since. */
  folders(): string[];
  /** Where experiments that are there keep their artifacts. */
  locations(): string[];
  /** Forgets folders that were purged long ago. */
  forget(): void;
}

/**
 * Runs of a search that is under way, however deep: what was deleted there may still be read by its search. From the run upwards,
 * in the order written (CROSS JOIN): SQLite would start with all runs that are under way.
 */
const OF_SEARCH = `EXISTS (
  WITH RECURSIVE above (run_id) AS (
    SELECT value FROM tags WHERE run = r.id AND key = 'mlflow.parentRunId'
    UNION
    SELECT t.value FROM above CROSS JOIN runs p ON p.run_id = above.run_id
      CROSS JOIN tags t ON t.run = p.id AND t.key = 'mlflow.parentRunId'
  )
  SELECT 1 FROM above CROSS JOIN runs p ON p.run_id = above.run_id
  WHERE p.lifecycle_stage = 'active' AND p.status IN ('RUNNING', 'SCHEDULED'))`;

/** NULL: nothing keeps it. */
const RUN_KEPT = `CASE
  WHEN EXISTS (SELECT 1 FROM model_versions v WHERE v.run_id = r.run_id) THEN 'version'
  WHEN ${OF_SEARCH} THEN 'running'
  WHEN r.artifact_uri NOT LIKE 'mlflow-artifacts:/%' THEN 'elsewhere' END`;
const MODEL_KEPT = `CASE
  WHEN EXISTS (SELECT 1 FROM model_versions v WHERE v.model_id = l.model_id) THEN 'version'
  WHEN l.artifact_location NOT LIKE 'mlflow-artifacts:/%' THEN 'elsewhere' END`;

const DELETED_RUNS = `SELECT r.id, r.run_id AS name, r.experiment, r.artifact_uri AS uri, ${RUN_KEPT} AS why FROM runs r
  WHERE r.lifecycle_stage = 'deleted' AND r.deleted_time <= ?1 AND r.id > ?2 ORDER BY r.id LIMIT ?3`;
/** Models of a deleted experiment go with it; unlike runs they are not marked. */
const DELETED_MODELS = `SELECT l.id, l.model_id AS name, l.experiment, l.artifact_location AS uri, ${MODEL_KEPT} AS why
  FROM logged_models l JOIN experiments e ON e.id = l.experiment
  WHERE ((l.lifecycle_stage = 'deleted' AND l.last_update_time <= ?1)
      OR (e.lifecycle_stage = 'deleted' AND e.deleted_time <= ?1)) AND l.id > ?2 ORDER BY l.id LIMIT ?3`;
/** Experiment 0 is always there. */
const DELETED_EXPERIMENTS = `SELECT e.id, e.artifact_location AS uri,
    (SELECT count(*) FROM runs x WHERE x.experiment = e.id) AS runs,
    (SELECT count(*) FROM logged_models x WHERE x.experiment = e.id) AS models
  FROM experiments e WHERE e.lifecycle_stage = 'deleted' AND e.deleted_time <= ?1 AND e.id <> 0`;

interface Found {
  id: number;
  name: string;
  experiment: number;
  uri: string;
  why: Keep | null;
}
interface ExperimentFound {
  id: number;
  uri: string;
  runs: number;
  models: number;
}

const free = (found: readonly Found[]): Found[] => found.filter(({ why }) => why === null);
const namesOf = (found: readonly Found[]): string[] => free(found).map(({ name }) => name);
const keptOf = (found: readonly Found[]): Purged['kept'] =>
  found.flatMap(({ name, why }) => (why === null ? [] : [{ id: name, why }]));
const countIn = (experiment: number, found: readonly Found[]): number =>
  free(found).filter((one) => one.experiment === experiment).length;
/** The folder of a run or logged model, which holds nothing but its `artifacts`. */
const folderOf = (uri: string): string => uri.replace(/\/artifacts$/, '');

export function purgeStore(db: Database): PurgeStore {
  const watch = (folder: string) =>
    db.run('INSERT OR REPLACE INTO purged_folders (path, purged_time) VALUES (?, ?)', folder, Date.now());

  /** Goes through what was deleted, a few rows in a transaction, and removes what is free to go; returns all of it. */
  const pass = (sql: string, before: number, remove: (one: Found) => void): Found[] => {
    const all: Found[] = [];
    for (;;) {
      const some = db.write(() => {
        const found = db.all<Found>(sql, before, all.at(-1)?.id ?? 0, AT_ONCE);
        for (const one of free(found)) {
          remove(one);
          watch(folderOf(one.uri));
        }
        return found;
      });
      if (some.length === 0) return all;
      all.push(...some);
    }
  };
  const removeRun = ({ id, experiment }: Found) => {
    for (const table of [
      'params',
      'tags',
      'metrics',
      'latest_metrics',
      'dataset_input_tags',
      'dataset_inputs',
      'run_models',
    ]) {
      db.run(`DELETE FROM ${table} WHERE run = ?`, id);
    }
    db.run('DELETE FROM runs WHERE id = ?', id);
    db.run(
      'DELETE FROM datasets WHERE experiment = ? AND NOT EXISTS (SELECT 1 FROM dataset_inputs i WHERE i.dataset = datasets.id)',
      experiment,
    );
  };
  const removeModel = ({ id }: Found) => {
    for (const table of ['params', 'tags', 'metrics'])
      db.run(`DELETE FROM logged_model_${table} WHERE model = ?`, id);
    db.run('DELETE FROM logged_models WHERE id = ?', id);
  };
  const removeExperiment = ({ id, uri }: ExperimentFound) => {
    for (const table of ['experiment_tags', 'datasets'])
      db.run(`DELETE FROM ${table} WHERE experiment = ?`, id);
    db.run('DELETE FROM experiments WHERE id = ?', id);
    // A place that somebody chose may hold other things.
    if (uri === `${ARTIFACT_ROOT}/${id}`) watch(uri);
  };
  const idsOf = (experiments: readonly ExperimentFound[]) => experiments.map(({ id }) => String(id));

  return {
    look: (before) =>
      db.read(() => {
        const runs = db.all<Found>(DELETED_RUNS, before, 0, -1);
        const models = db.all<Found>(DELETED_MODELS, before, 0, -1);
        return {
          runs: namesOf(runs),
          loggedModels: namesOf(models),
          experiments: idsOf(
            db
              .all<ExperimentFound>(DELETED_EXPERIMENTS, before)
              .filter((one) => one.runs === countIn(one.id, runs) && one.models === countIn(one.id, models)),
          ),
          kept: [...keptOf(runs), ...keptOf(models)],
          folders: [...free(runs), ...free(models)].map(({ uri }) => folderOf(uri)),
        };
      }),
    purge: (before) => {
      const runs = pass(DELETED_RUNS, before, removeRun);
      const models = pass(DELETED_MODELS, before, removeModel);
      const experiments = db.write(() => {
        const empty = db
          .all<ExperimentFound>(DELETED_EXPERIMENTS, before)
          .filter((one) => one.runs === 0 && one.models === 0);
        empty.forEach(removeExperiment);
        return empty;
      });
      return {
        runs: namesOf(runs),
        loggedModels: namesOf(models),
        experiments: idsOf(experiments),
        kept: [...keptOf(runs), ...keptOf(models)],
      };
    },
    folders: () =>
      db.all<{ path: string }>('SELECT path FROM purged_folders ORDER BY path').map(({ path }) => path),
    locations: () =>
      db.all<{ uri: string }>('SELECT artifact_location AS uri FROM experiments').map(({ uri }) => uri),
    forget: () => {
      db.write(() => db.run('DELETE FROM purged_folders WHERE purged_time <= ?', Date.now() - WATCHED_MS));
    },
  };
}
