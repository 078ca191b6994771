/** Opens the SQLite store: everything the contract names, over one connection. */
import type { Store } from './contract.js';
import { openDatabase } from './database.js';
import { experimentStore } from './experiments.js';
import { loggedModelStore } from './logged-models.js';
import { registryStore } from './registry.js';
import { runStore } from './runs.js';

/**
 * @param options.path The database file; created, with its folder, when it is not there.
 * @param options.artifactRoot URI under which experiments get their artifact folders.
 */
export function openStore({ path, artifactRoot }: { path: string; artifactRoot: string }): Store {
  const db = openDatabase(path);
  createDefaultExperiment();
  return {
    experiments: experimentStore(db, artifactRoot),
    runs: runStore(db),
    loggedModels: loggedModelStore(db),
    registry: registryStore(db),
    together: db.write,
    close: db.close,
  };

  /** MLflow's clients log into experiment 0 unless told otherwise, so it is always there. */
  function createDefaultExperiment(): void {
    if (db.get('SELECT 1 FROM experiments WHERE id = 0')) return;
    const now = Date.now();
    db.run(
      `INSERT OR IGNORE INTO experiments (id, name, artifact_location, creation_time, last_update_time)
       VALUES (0, 'Default', ?, ?, ?)`,
      `${artifactRoot}/0`,
      now,
      now,
    );
  }
}
