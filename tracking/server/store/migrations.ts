/**
 * The schema, as numbered steps: the n-th entry brings a database from version n - 1 to n.
 * A released entry never changes; a new need is a new entry.
 *
 * Why it looks like this:
 * - Rows of a run hang on its integer row id, not on its 32-letter public id: narrower indexes, faster joins.
 * - `latest_metrics` repeats the newest value per key, as MLflow does: filters and orderings need only that one.
 * - Indexes over text values hold the first 100 characters only; a parameter may have 6,000, a tag 8,000.
 *   A query compares the prefix (found by the index) and the whole value.
 * - NaN is stored as value 0 with `is_nan` 1, since SQLite turns NaN into NULL.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE experiments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    artifact_location TEXT NOT NULL,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active',
    creation_time INTEGER NOT NULL,
    last_update_time INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE experiment_tags (
    experiment INTEGER NOT NULL REFERENCES experiments (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (experiment, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    experiment INTEGER NOT NULL REFERENCES experiments (id),
    name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    artifact_uri TEXT NOT NULL,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active'
  ) STRICT;
  CREATE INDEX runs_newest_first ON runs (experiment, lifecycle_stage, start_time DESC, run_id);
  CREATE INDEX runs_by_name ON runs (name);

  CREATE TABLE params (
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX params_by_value ON params (key, substr(value, 1, 100), run);

  CREATE TABLE tags (
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tags_by_value ON tags (key, substr(value, 1, 100), run);

  CREATE TABLE metrics (
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    step INTEGER NOT NULL,
    value REAL NOT NULL,
    is_nan INTEGER NOT NULL,
    PRIMARY KEY (run, key, timestamp, step, value, is_nan)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE latest_metrics (
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    step INTEGER NOT NULL,
    value REAL NOT NULL,
    is_nan INTEGER NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX latest_metrics_by_value ON latest_metrics (key, is_nan, value, run);

  CREATE TABLE datasets (
    id INTEGER PRIMARY KEY,
    experiment INTEGER NOT NULL REFERENCES experiments (id),
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source TEXT NOT NULL,
    schema TEXT,
    profile TEXT,
    UNIQUE (experiment, name, digest)
  ) STRICT;

  CREATE TABLE dataset_inputs (
    run INTEGER NOT NULL REFERENCES runs (id),
    dataset INTEGER NOT NULL REFERENCES datasets (id),
    PRIMARY KEY (run, dataset)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dataset_inputs_by_dataset ON dataset_inputs (dataset, run);

  CREATE TABLE dataset_input_tags (
    run INTEGER NOT NULL,
    dataset INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, dataset, key),
    FOREIGN KEY (run, dataset) REFERENCES dataset_inputs (run, dataset)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE logged_models (
    id INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL UNIQUE,
    experiment INTEGER NOT NULL REFERENCES experiments (id),
    name TEXT NOT NULL,
    artifact_location TEXT NOT NULL,
    creation_time INTEGER NOT NULL,
    last_update_time INTEGER NOT NULL,
    status TEXT NOT NULL,
    model_type TEXT,
    source_run_id TEXT,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active'
  ) STRICT;
  CREATE INDEX logged_models_newest_first ON logged_models (experiment, lifecycle_stage, creation_time DESC);

  CREATE TABLE logged_model_params (
    model INTEGER NOT NULL REFERENCES logged_models (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE logged_model_tags (
    model INTEGER NOT NULL REFERENCES logged_models (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE logged_model_metrics (
    model INTEGER NOT NULL REFERENCES logged_models (id),
    run_id TEXT NOT NULL,
    key TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    step INTEGER NOT NULL,
    value REAL NOT NULL,
    is_nan INTEGER NOT NULL,
    dataset_name TEXT,
    dataset_digest TEXT,
    PRIMARY KEY (model, key, timestamp, step, run_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run_models (
    run INTEGER NOT NULL REFERENCES runs (id),
    direction TEXT NOT NULL,
    model_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    PRIMARY KEY (run, direction, model_id, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE registered_models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    creation_time INTEGER NOT NULL,
    last_update_time INTEGER NOT NULL,
    description TEXT
  ) STRICT;

  CREATE TABLE registered_model_tags (
    model INTEGER NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE model_versions (
    id INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    creation_time INTEGER NOT NULL,
    last_update_time INTEGER NOT NULL,
    description TEXT,
    stage TEXT NOT NULL DEFAULT 'None',
    source TEXT NOT NULL,
    storage_location TEXT,
    run_id TEXT,
    run_link TEXT,
    model_id TEXT,
    status TEXT NOT NULL DEFAULT 'READY',
    UNIQUE (model, version)
  ) STRICT;
  CREATE INDEX model_versions_by_run ON model_versions (run_id);

  CREATE TABLE model_version_tags (
    version INTEGER NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (version, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE registered_model_aliases (
    model INTEGER NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (model, alias)
  ) STRICT, WITHOUT ROWID;
  `,
  // When something was deleted, for the purge to leave alone what was deleted lately; what was before this is of today.
  `
  ALTER TABLE runs ADD COLUMN deleted_time INTEGER;
  ALTER TABLE experiments ADD COLUMN deleted_time INTEGER;
  UPDATE runs SET deleted_time = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE lifecycle_stage = 'deleted';
  UPDATE experiments SET deleted_time = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE lifecycle_stage = 'deleted';
  CREATE INDEX runs_by_deletion ON runs (deleted_time) WHERE deleted_time IS NOT NULL;
  CREATE INDEX model_versions_by_logged_model ON model_versions (model_id);

  CREATE TABLE purged_folders (
    path TEXT PRIMARY KEY,
    purged_time INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
