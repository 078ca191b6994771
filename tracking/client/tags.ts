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
  /** On runs that `mlflow run` opened. */
  projectEntryPoint: 'mlflow.project.entryPoint',

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
  /** Of an inner fold of nested cross-validation: the outer fold whose training rows it splits, a point, its place there. */
  innerFold: 'gridsearch.inner_fold',
  engine: 'gridsearch.engine',
  engineVersion: 'gridsearch.engine_version',
  /** Training processes of the worker that wrote the run, and TensorFlow threads of each. */
  processes: 'gridsearch.processes',
  threads: 'gridsearch.threads',
  host: 'gridsearch.host',
  /** Most memory that the training process had taken when a fold ended, in bytes. */
  memory: 'gridsearch.memory',
  /** For how long a run was open before its job's turn came, in ms: the next short job's run is opened while one still computes. */
  waited: 'gridsearch.waited',
  /** Who wrote the run: host and process. */
  worker: 'gridsearch.worker',
  /** Earlier attempts at the run's job, as JSON: worker, start, end, and why each ended. */
  attempts: 'gridsearch.attempts',
  /** Run ids of the accepted result of each fold, on the trial's run, in the order of folds. */
  foldRuns: 'gridsearch.fold_runs',
  /** Why a run was deleted that nobody needs. */
  surplus: 'gridsearch.surplus',
  /** How many runs and versions of a search were deleted because nobody needs them. */
  surplusRuns: 'gridsearch.surplus_runs',
  /** How a trial ended: `complete`, `pruned` or `failed`. */
  outcome: 'gridsearch.outcome',
  /** Why a trial was pruned, in words; and as JSON, on a fold that was stopped, too: rule, rung, and the numbers that the rule went by. */
  pruned: 'gridsearch.pruned',
  pruningEvidence: 'gridsearch.pruning_evidence',
  /** A configuration's parameters as JSON: MLflow's own are text, which forgets what was a number. */
  parameters: 'gridsearch.parameters',
  /** Why a run failed, in words. */
  failure: 'gridsearch.failure',
  /** Of a search that was cut: by whom or what, and how much was seen. */
  cut: 'gridsearch.cut',
  /** Of a search whose time is limited: what it had used of it when its training ended, without pauses, ms. */
  usedMs: 'gridsearch.used_ms',
  /** How many configurations constraints left out of a search's space, where that can be counted. */
  removed: 'gridsearch.removed',
  /** What misleads in the data or the outcome, for people: one line each. */
  warnings: 'gridsearch.warnings',
  /** What every model must beat, as JSON: over the same folds and on the test rows. */
  baselines: 'gridsearch.baselines',
  /** What a fold's numbers depend on beside its configuration and its rows, as a digest; and those rows, as another. */
  reuseKey: 'gridsearch.reuse_key',
  foldRows: 'gridsearch.fold_rows',
  /** Of a fold that an earlier search had trained: that run, and its search. They may be gone by now. */
  reusedFrom: 'gridsearch.reusedFrom',
  reusedFromSearch: 'gridsearch.reused_from_search',
  /** The window that took the fold over. */
  reusedIn: 'gridsearch.reused_in',
  /** On the parent run, as JSON: how many folds were taken over, and from which searches. */
  reused: 'gridsearch.reused',
  /** The search that this one goes beyond, or whose failed part it tries again. */
  extends: 'gridsearch.extends',
  retryOf: 'gridsearch.retry_of',
  /** Of a search that was submitted with an idempotency key: what was submitted, as a digest. */
  submission: 'gridsearch.submission',
  /** Of a run that was copied from another server: `SEARCH/RUN` there. */
  exportedFrom: 'gridsearch.exported_from',
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
  /** Why a version is champion or challenger, in words and numbers. */
  verdict: 'gridsearch.verdict',
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

/** Lines that the tag {@link TAGS.warnings} holds. */
export const warningsOf = (tag: string | undefined): string[] => tag?.split('\n').filter(Boolean) ?? [];

/** MLflow's own limit of a tag. */
const MOST_CHARACTERS = 5000;

/** The tag with a further line, once however often it is added; more than fits is left out. */
export function addWarning(tag: string | undefined, ...lines: readonly string[]): string {
  const all = new Set([...warningsOf(tag), ...lines.map((line) => line.replaceAll(/\p{Cc}+/gu, ' '))]);
  return [...all].reduce((text, line) => {
    const longer = text === '' ? line : `${text}\n${line}`;
    return longer.length > MOST_CHARACTERS ? text : longer;
  }, '');
}

/**
 * A text as a value in MLflow's search filters. Its grammar has no escape for a quote ("''" is two of them), so the text stands
 * between quotes of the kind that it doesn't hold.
 *
 * @throws Error when it holds both kinds
 */
export function filterText(value: string): string {
  const quote = value.includes("'") ? '"' : "'";
  if (value.includes(quote))
    throw new Error(`MLflow's filters can't ask for ${value}, which has both kinds of quotes`);
  return quote + value + quote;
}

/** A clause of MLflow's search filter. */
export function tagIs(tag: string, value: string): string {
  return `tags.\`${tag}\` = ${filterText(value)}`;
}
