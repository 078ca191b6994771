/** Every tag that runs and model versions of a search carry: the one table, ours beside MLflow's. */

export const TAGS = {
  // What MLflow itself writes and reads.
  parentRunId: 'mlflow.parentRunId',
  user: 'mlflow.user',
  sourceName: 'mlflow.source.name',
  sourceType: 'mlflow.source.type',
  gitCommit: 'mlflow.source.git.commit',
  gitBranch: 'mlflow.source.git.branch',
  gitDirty: 'mlflow.source.git.dirty',
  gitRepoUrl: 'mlflow.source.git.repoURL',
  autologging: 'mlflow.autologging',

  // What scikit-learn's autologging writes.
  estimatorName: 'estimator_name',
  estimatorClass: 'estimator_class',

  // Ours.
  /** What a run is for, see {@link ROLE}. */
  role: 'gridsearch.role',
  searchId: 'gridsearch.search_id',
  /** The BullMQ job that writes the run; a retried or handed over job finds its run again by it. */
  jobId: 'gridsearch.job_id',
  window: 'gridsearch.window',
  /** Position of the configuration in the grid. */
  index: 'gridsearch.index',
  configuration: 'gridsearch.configuration',
  fold: 'gridsearch.fold',
  engine: 'gridsearch.engine',
  engineVersion: 'gridsearch.engine_version',
  /** Training processes of the worker that wrote the run, and TensorFlow threads of each. */
  processes: 'gridsearch.processes',
  threads: 'gridsearch.threads',
  host: 'gridsearch.host',
  /** How a trial ended: `complete`, `pruned` or `failed`. */
  outcome: 'gridsearch.outcome',
  /** A configuration's parameters as JSON: MLflow's own are text, which forgets what was a number. */
  parameters: 'gridsearch.parameters',
  /** Why a run failed, in words. */
  failure: 'gridsearch.failure',
  bestChild: 'gridsearch.best_child_run_id',
  refitRun: 'gridsearch.refit_run_id',
  datasetDigest: 'gridsearch.dataset_digest',
  testDigest: 'gridsearch.test_digest',
  objective: 'gridsearch.objective',
  direction: 'gridsearch.direction',
  testScore: 'gridsearch.test_score',
  registered: 'gridsearch.registered_version',
  /** How many trials and folds a search has in all. */
  trials: 'gridsearch.trials',
  folds: 'gridsearch.folds',
  /** ISO times of what happened to a version last. */
  promotedAt: 'gridsearch.promoted_at',
  demotedAt: 'gridsearch.demoted_at',
  rolledBackAt: 'gridsearch.rolled_back_at',
  restoredAt: 'gridsearch.restored_at',
  /** The version that a champion took the alias from; gone once that was undone. */
  previousChampion: 'gridsearch.previous_champion',
} as const;

/** Values of {@link TAGS.role}. */
export const ROLE = { parent: 'parent', trial: 'trial', fold: 'fold', refit: 'refit' } as const;

/** A clause of MLflow's search filter. Values are ids and constants of ours: no quotes in them. */
export function tagIs(tag: string, value: string): string {
  if (/['"`\\]/.test(value)) throw new Error(`not a value for a search filter: ${value}`);
  return `tags.\`${tag}\` = '${value}'`;
}
