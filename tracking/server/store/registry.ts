/** Registered models, their versions, aliases and tags. */
import { alreadyExists, invalid, notFound } from '../errors.js';
import { every } from '../filter/compile.js';
import { afterToken, type CursorRow, cursorColumns, orderBy, toPage } from '../filter/paging.js';
import { checkAlias, checkModelName, checkNewAlias, checkRegistryTag, parseVersion } from '../limits.js';
import {
  type KeyValue,
  type ModelVersion,
  type RegisteredModel,
  type RegistryStore,
  STAGES,
  type Stage,
} from './contract.js';
import type { Database } from './database.js';
import { noteVersion } from './logged-models.js';
import { modelConditions, modelOrder, versionConditions, versionOrder } from './registry-search.js';

interface ModelRow {
  id: number;
  name: string;
  creation_time: number;
  last_update_time: number;
  description: string | null;
}

interface VersionRow {
  id: number;
  model: number;
  name: string;
  version: number;
  creation_time: number;
  last_update_time: number;
  description: string | null;
  stage: Stage;
  source: string;
  storage_location: string | null;
  run_id: string | null;
  run_link: string | null;
  model_id: string | null;
  status: string;
}

/** A deleted version keeps its row, emptied: its number is never given to another model. */
export const DELETED = 'Deleted';
const VERSIONS = `SELECT v.*, m.name FROM model_versions v JOIN registered_models m ON m.id = v.model`;

/** The stage in its own spelling, whatever the request's. */
function canonicalStage(stage: string): Stage {
  const found = STAGES.find((one) => one.toLowerCase() === stage.toLowerCase());
  if (!found)
    throw invalid(`Invalid Model Version stage: ${stage}. Value must be one of ${STAGES.join(', ')}.`);
  return found;
}

export function registryStore(db: Database): RegistryStore {
  const modelRow = (name: string): ModelRow => {
    const row = db.get<ModelRow>('SELECT * FROM registered_models WHERE name = ?', name);
    if (!row) throw notFound(`Registered Model with name=${name} not found`);
    return row;
  };
  const versionRow = (name: string, version: string): VersionRow => {
    checkModelName(name);
    const number = parseVersion(version);
    const row = db.get<VersionRow>(
      `${VERSIONS} WHERE m.name = ? AND v.version = ? AND v.stage != '${DELETED}'`,
      name,
      number,
    );
    if (!row) throw notFound(`Model Version (name=${name}, version=${number}) not found`);
    return row;
  };
  const toVersion = (row: VersionRow): ModelVersion => ({
    name: row.name,
    version: row.version,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    description: row.description,
    stage: row.stage,
    source: row.source,
    runId: row.run_id,
    runLink: row.run_link,
    modelId: row.model_id,
    status: row.status,
    tags: db.all<KeyValue>(
      'SELECT key, value FROM model_version_tags WHERE version = ? ORDER BY key',
      row.id,
    ),
    aliases: db
      .all<{ alias: string }>(
        'SELECT alias FROM registered_model_aliases WHERE model = ? AND version = ? ORDER BY alias',
        row.model,
        row.version,
      )
      .map(({ alias }) => alias),
  });
  const newestOfEachStage = (model: number): ModelVersion[] =>
    db
      .all<VersionRow>(
        `${VERSIONS} WHERE v.model = ? AND v.stage != '${DELETED}' AND v.version =
           (SELECT max(w.version) FROM model_versions w WHERE w.model = v.model AND w.stage = v.stage)
         ORDER BY v.version`,
        model,
      )
      .map(toVersion);
  const toModel = (row: ModelRow): RegisteredModel => ({
    name: row.name,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    description: row.description,
    latestVersions: newestOfEachStage(row.id),
    tags: db.all<KeyValue>(
      'SELECT key, value FROM registered_model_tags WHERE model = ? ORDER BY key',
      row.id,
    ),
    aliases: db.all<{ alias: string; version: number }>(
      'SELECT alias, version FROM registered_model_aliases WHERE model = ? ORDER BY alias',
      row.id,
    ),
  });
  const touchModel = (id: number, now = Date.now()) =>
    db.run('UPDATE registered_models SET last_update_time = ? WHERE id = ?', now, id);
  const refuseTaken = (name: string) => {
    if (db.get('SELECT 1 FROM registered_models WHERE name = ?', name)) {
      throw alreadyExists(`Registered Model (name=${name}) already exists.`);
    }
  };
  const putModelTag = (model: number, { key, value }: KeyValue) =>
    db.run(
      'INSERT OR REPLACE INTO registered_model_tags (model, key, value) VALUES (?, ?, ?)',
      model,
      key,
      value,
    );
  const putVersionTag = (version: number, { key, value }: KeyValue) =>
    db.run(
      'INSERT OR REPLACE INTO model_version_tags (version, key, value) VALUES (?, ?, ?)',
      version,
      key,
      value,
    );

  return {
    createModel: ({ name, description, tags }) => {
      checkModelName(name);
      tags.forEach(checkRegistryTag);
      return db.write(() => {
        refuseTaken(name);
        const now = Date.now();
        const id = db.insert(
          'INSERT INTO registered_models (name, creation_time, last_update_time, description) VALUES (?, ?, ?, ?)',
          name,
          now,
          now,
          description ?? null,
        );
        for (const tag of tags) putModelTag(id, tag);
        return toModel(modelRow(name));
      });
    },
    getModel: (name) =>
      db.read(() => {
        checkModelName(name);
        return toModel(modelRow(name));
      }),
    updateModel: (name, description) =>
      db.write(() => {
        const { id } = modelRow(name);
        db.run('UPDATE registered_models SET description = ? WHERE id = ?', description ?? null, id);
        touchModel(id);
        return toModel(modelRow(name));
      }),
    renameModel: (name, newName) => {
      checkModelName(newName, 'new_name');
      return db.write(() => {
        const { id } = modelRow(name);
        if (newName !== name) refuseTaken(newName);
        const now = Date.now();
        db.run('UPDATE registered_models SET name = ? WHERE id = ?', newName, id);
        db.run('UPDATE model_versions SET last_update_time = ? WHERE model = ?', now, id);
        touchModel(id, now);
        return toModel(modelRow(newName));
      });
    },
    deleteModel: (name) =>
      db.write(() => {
        db.run('DELETE FROM registered_models WHERE id = ?', modelRow(name).id);
      }),
    searchModels: ({ filter, orderBy: order, maxResults, pageToken }) =>
      db.read(() => {
        const terms = modelOrder(order);
        const where = every([...modelConditions(filter), afterToken(terms, pageToken)]);
        const rows = db.all<ModelRow & CursorRow>(
          `SELECT m.*, ${cursorColumns(terms)} FROM registered_models m WHERE ${where.sql} ORDER BY ${orderBy(terms)} LIMIT ?`,
          ...where.values,
          maxResults + 1,
        );
        return toPage(rows, maxResults, terms, (page) => page.map(toModel));
      }),
    latestVersions: (name, stages) => {
      const wanted = new Set(stages.map(canonicalStage));
      return db.read(() =>
        newestOfEachStage(modelRow(name).id).filter(({ stage }) => wanted.size === 0 || wanted.has(stage)),
      );
    },
    setModelTag: (name, tag) => {
      checkRegistryTag(tag);
      db.write(() => putModelTag(modelRow(name).id, tag));
    },
    deleteModelTag: (name, key) =>
      db.write(() => {
        db.run('DELETE FROM registered_model_tags WHERE model = ? AND key = ?', modelRow(name).id, key);
      }),
    setAlias: (name, alias, version) => {
      checkModelName(name);
      checkNewAlias(alias);
      db.write(() => {
        const row = versionRow(name, version);
        db.run(
          'INSERT OR REPLACE INTO registered_model_aliases (model, alias, version) VALUES (?, ?, ?)',
          row.model,
          alias,
          row.version,
        );
      });
    },
    deleteAlias: (name, alias) => {
      checkModelName(name);
      checkAlias(alias);
      db.write(() => {
        db.run(
          'DELETE FROM registered_model_aliases WHERE model = ? AND alias = ?',
          modelRow(name).id,
          alias,
        );
      });
    },
    getVersionByAlias: (name, alias) => {
      checkModelName(name);
      checkAlias(alias);
      return db.read(() => {
        const { id } = modelRow(name);
        if (alias.toLowerCase() === 'latest') {
          const newest = newestOfEachStage(id).at(-1);
          if (!newest) throw notFound(`Latest version not found for model ${name}.`);
          return newest;
        }
        const row = db.get<{ version: number }>(
          'SELECT version FROM registered_model_aliases WHERE model = ? AND alias = ?',
          id,
          alias,
        );
        if (!row) throw invalid(`Registered model alias ${alias} not found.`);
        return toVersion(versionRow(name, String(row.version)));
      });
    },
    createVersion: ({ name, source, storageLocation, runId, runLink, modelId, description, tags }) => {
      checkModelName(name);
      tags.forEach(checkRegistryTag);
      return db.write(() => {
        const model = modelRow(name);
        const now = Date.now();
        const { newest } = db.get<{ newest: number | null }>(
          'SELECT max(version) AS newest FROM model_versions WHERE model = ?',
          model.id,
        ) as { newest: number | null };
        const version = (newest ?? 0) + 1;
        const id = db.insert(
          `INSERT INTO model_versions (model, version, creation_time, last_update_time, description, source,
             storage_location, run_id, run_link, model_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          model.id,
          version,
          now,
          now,
          description ?? null,
          source,
          storageLocation ?? source,
          runId ?? null,
          runLink ?? null,
          modelId ?? null,
        );
        for (const tag of tags) putVersionTag(id, tag);
        if (modelId !== undefined) noteVersion(db, modelId, { name, version });
        touchModel(model.id, now);
        return toVersion(versionRow(name, String(version)));
      });
    },
    getVersion: (name, version) => db.read(() => toVersion(versionRow(name, version))),
    updateVersion: (name, version, description) =>
      db.write(() => {
        const { id } = versionRow(name, version);
        db.run(
          'UPDATE model_versions SET description = ?, last_update_time = ? WHERE id = ?',
          description ?? null,
          Date.now(),
          id,
        );
        return toVersion(versionRow(name, version));
      }),
    transitionStage: (name, version, requested, archiveExisting) => {
      const stage = canonicalStage(requested);
      if (archiveExisting && stage !== 'Staging' && stage !== 'Production') {
        throw invalid(
          `Model version transition cannot archive existing model versions because '${requested}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
        );
      }
      return db.write(() => {
        const row = versionRow(name, version);
        const now = Date.now();
        if (archiveExisting) {
          db.run(
            "UPDATE model_versions SET stage = 'Archived', last_update_time = ? WHERE model = ? AND id != ? AND stage = ?",
            now,
            row.model,
            row.id,
            stage,
          );
        }
        db.run('UPDATE model_versions SET stage = ?, last_update_time = ? WHERE id = ?', stage, now, row.id);
        touchModel(row.model, now);
        return toVersion(versionRow(name, version));
      });
    },
    deleteVersion: (name, version) =>
      db.write(() => {
        const row = versionRow(name, version);
        const now = Date.now();
        db.run(
          'DELETE FROM registered_model_aliases WHERE model = ? AND version = ?',
          row.model,
          row.version,
        );
        db.run('DELETE FROM model_version_tags WHERE version = ?', row.id);
        db.run(
          `UPDATE model_versions SET stage = '${DELETED}', last_update_time = ?, description = NULL, source = '',
             storage_location = NULL, run_id = NULL, run_link = NULL, model_id = NULL WHERE id = ?`,
          now,
          row.id,
        );
        touchModel(row.model, now);
      }),
    downloadUri: (name, version) => {
      const { storage_location: location, source } = versionRow(name, version);
      return location ?? source;
    },
    searchVersions: ({ filter, orderBy: order, maxResults, pageToken }) =>
      db.read(() => {
        const terms = versionOrder(order);
        const where = every([...versionConditions(filter), afterToken(terms, pageToken)]);
        const rows = db.all<VersionRow & CursorRow>(
          `SELECT v.*, m.name, ${cursorColumns(terms)} FROM model_versions v JOIN registered_models m ON m.id = v.model
           WHERE v.stage != '${DELETED}' AND ${where.sql} ORDER BY ${orderBy(terms)} LIMIT ?`,
          ...where.values,
          maxResults + 1,
        );
        return toPage(rows, maxResults, terms, (page) => page.map(toVersion));
      }),
    setVersionTag: (name, version, tag) => {
      checkRegistryTag(tag);
      db.write(() => putVersionTag(versionRow(name, version).id, tag));
    },
    deleteVersionTag: (name, version, key) =>
      db.write(() => {
        db.run(
          'DELETE FROM model_version_tags WHERE version = ? AND key = ?',
          versionRow(name, version).id,
          key,
        );
      }),
  };
}
