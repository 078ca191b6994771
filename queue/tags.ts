/** Tags this project puts on MLflow runs and model versions, beside MLflow's own. */
export const TAGS = {
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
} as const;

/** Values of {@link TAGS.role}. */
export const ROLE = { parent: 'parent', trial: 'trial', fold: 'fold', refit: 'refit' } as const;

/** MLflow's tag that makes a run the child of another. */
export const PARENT_RUN_TAG = 'mlflow.parentRunId';

/** A clause of MLflow's search filter. Values are ids and constants of ours: no quotes in them. */
export function tagIs(tag: string, value: string): string {
  if (/['"`\\]/.test(value)) throw new Error(`not a value for a search filter: ${value}`);
  return `tags.\`${tag}\` = '${value}'`;
}
