/**
 * What a tracking store promises. Every function is one transaction: it happens whole or not at all, and once
 * it has returned, `kill -9` of the process loses nothing of it.
 *
 * What cannot change:
 * - A parameter of a run, once logged. Logging the same value again is harmless; another value raises
 *   INVALID_PARAMETER_VALUE and nothing of that batch is kept.
 * - A metric point, once logged. The history only grows; logging the very same point twice leaves one.
 * - Anything of a deleted run or experiment, until it is restored: writes raise INVALID_PARAMETER_VALUE.
 * - A run's id, experiment, user, start time and artifact folder. Tags, name, status and end time may change,
 *   also after the run has finished, as in MLflow.
 * - The number, source and run of a model version.
 *
 * Who is asked for and is not there raises RESOURCE_DOES_NOT_EXIST; a name that is taken raises
 * RESOURCE_ALREADY_EXISTS; a value outside MLflow's limits raises INVALID_PARAMETER_VALUE.
 */
export type LifecycleStage = 'active' | 'deleted';
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
export const RUN_STATUS = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUS)[number];

export interface KeyValue {
  key: string;
  value: string;
}

/** One part of a result, and the token that fetches the next part; no token, no next part. */
export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/** Where a search starts and how far one page goes. */
export interface PageRequest {
  maxResults: number;
  pageToken?: string;
}

export interface Experiment {
  experimentId: string;
  name: string;
  artifactLocation: string;
  lifecycleStage: LifecycleStage;
  creationTime: number;
  lastUpdateTime: number;
  tags: KeyValue[];
}

export interface RunInfo {
  runId: string;
  runName: string;
  experimentId: string;
  userId: string;
  status: RunStatus;
  /** Milliseconds since 1970. */
  startTime: number;
  endTime: number | null;
  artifactUri: string;
  lifecycleStage: LifecycleStage;
}

/** One measurement. NaN is allowed; the infinities are stored as the largest finite numbers, as MLflow does. */
export interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}

/** A measurement that may also belong to a logged model, on a dataset. */
export interface MetricWrite extends Metric {
  modelId?: string;
  datasetName?: string;
  datasetDigest?: string;
}

export interface Dataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema: string | null;
  profile: string | null;
}

export interface DatasetInput {
  dataset: Dataset;
  tags: KeyValue[];
}

export interface ModelOutput {
  modelId: string;
  step: number;
}

export interface Run {
  info: RunInfo;
  metrics: Metric[];
  params: KeyValue[];
  tags: KeyValue[];
  datasets: DatasetInput[];
  modelInputs: string[];
  modelOutputs: ModelOutput[];
}

export interface ExperimentStore {
  create(experiment: { name: string; artifactLocation?: string; tags: KeyValue[] }): string;
  get(experimentId: string): Experiment;
  getByName(name: string): Experiment;
  search(query: { filter?: string; orderBy: string[]; viewType: ViewType } & PageRequest): Page<Experiment>;
  rename(experimentId: string, name: string): void;
  /** Deletes the experiment's runs with it. */
  delete(experimentId: string): void;
  restore(experimentId: string): void;
  setTag(experimentId: string, tag: KeyValue): void;
  deleteTag(experimentId: string, key: string): void;
  /** The datasets that runs of these experiments used, with the context each was used in. */
  datasets(
    experimentIds: string[],
  ): { experimentId: string; name: string; digest: string; context?: string }[];
}

export interface RunBatch {
  metrics: MetricWrite[];
  params: KeyValue[];
  tags: KeyValue[];
}

export interface RunStore {
  create(run: {
    experimentId: string;
    userId: string;
    startTime: number;
    runName?: string;
    tags: KeyValue[];
  }): Run;
  get(runId: string): Run;
  info(runId: string): RunInfo;
  update(runId: string, change: { status?: RunStatus; endTime?: number; runName?: string }): RunInfo;
  delete(runId: string): void;
  restore(runId: string): void;
  /** Logs all of the batch, or, when any part breaks a rule, none of it. `single`: errors speak of one entry. */
  logBatch(runId: string, batch: RunBatch, single?: boolean): void;
  setTag(runId: string, tag: KeyValue): void;
  deleteTag(runId: string, key: string): void;
  logInputs(runId: string, inputs: { datasets: DatasetInput[]; modelIds: string[] }): void;
  logOutputs(runId: string, models: ModelOutput[]): void;
  search(
    query: { experimentIds: string[]; filter?: string; orderBy: string[]; viewType: ViewType } & PageRequest,
  ): Page<Run>;
  /** Every point of one metric, oldest first; of a run that is not there, none. Without `maxResults`, all in one page. */
  metricHistory(runId: string, key: string, page: Partial<PageRequest>): Page<Metric>;
  /** Points of one metric over several runs, at most `maxResults` in all. */
  metricHistoryBulk(runIds: string[], key: string, maxResults: number): (Metric & { runId: string })[];
  /** For each run at most `maxResults` evenly spread points of one metric, first and last among them. */
  metricHistorySampled(
    runIds: string[],
    key: string,
    range: { startStep?: number; endStep?: number; maxResults: number },
  ): (Metric & { runId: string })[];
}

export const MODEL_STATUS = [
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const;
export type LoggedModelStatus = (typeof MODEL_STATUS)[number];

export interface LoggedModelMetric extends Metric {
  runId: string;
  datasetName?: string;
  datasetDigest?: string;
}

export interface LoggedModel {
  modelId: string;
  experimentId: string;
  name: string;
  artifactUri: string;
  creationTime: number;
  lastUpdateTime: number;
  status: LoggedModelStatus;
  modelType: string | null;
  sourceRunId: string | null;
  params: KeyValue[];
  tags: KeyValue[];
  metrics: LoggedModelMetric[];
}

export interface LoggedModelOrder {
  fieldName: string;
  ascending: boolean;
  datasetName?: string;
  datasetDigest?: string;
}

export interface LoggedModelStore {
  create(model: {
    experimentId: string;
    name?: string;
    modelType?: string;
    sourceRunId?: string;
    params: KeyValue[];
    tags: KeyValue[];
  }): LoggedModel;
  get(modelId: string): LoggedModel;
  finalize(modelId: string, status: LoggedModelStatus): LoggedModel;
  delete(modelId: string): void;
  setTags(modelId: string, tags: KeyValue[]): LoggedModel;
  deleteTag(modelId: string, key: string): void;
  logParams(modelId: string, params: KeyValue[]): void;
  search(
    query: {
      experimentIds: string[];
      filter?: string;
      datasets: { name: string; digest?: string }[];
      orderBy: LoggedModelOrder[];
    } & PageRequest,
  ): Page<LoggedModel>;
}

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];

export interface ModelVersion {
  name: string;
  version: number;
  creationTime: number;
  lastUpdateTime: number;
  description: string | null;
  stage: Stage;
  source: string;
  runId: string | null;
  runLink: string | null;
  modelId: string | null;
  status: string;
  tags: KeyValue[];
  aliases: string[];
}

export interface RegisteredModel {
  name: string;
  creationTime: number;
  lastUpdateTime: number;
  description: string | null;
  latestVersions: ModelVersion[];
  tags: KeyValue[];
  aliases: { alias: string; version: number }[];
}

export interface RegistryStore {
  createModel(model: { name: string; description?: string; tags: KeyValue[] }): RegisteredModel;
  getModel(name: string): RegisteredModel;
  updateModel(name: string, description: string | undefined): RegisteredModel;
  renameModel(name: string, newName: string): RegisteredModel;
  /** Deletes its versions, tags and aliases with it. */
  deleteModel(name: string): void;
  searchModels(query: { filter?: string; orderBy: string[] } & PageRequest): Page<RegisteredModel>;
  /** The newest version of each stage asked for, of every stage when none is. */
  latestVersions(name: string, stages: string[]): ModelVersion[];
  setModelTag(name: string, tag: KeyValue): void;
  deleteModelTag(name: string, key: string): void;
  setAlias(name: string, alias: string, version: string): void;
  deleteAlias(name: string, alias: string): void;
  getVersionByAlias(name: string, alias: string): ModelVersion;
  /** A logged model that is named here learns of its version, by a tag. */
  createVersion(version: {
    name: string;
    source: string;
    storageLocation?: string;
    runId?: string;
    runLink?: string;
    modelId?: string;
    description?: string;
    tags: KeyValue[];
  }): ModelVersion;
  getVersion(name: string, version: string): ModelVersion;
  updateVersion(name: string, version: string, description: string | undefined): ModelVersion;
  transitionStage(name: string, version: string, stage: string, archiveExisting: boolean): ModelVersion;
  deleteVersion(name: string, version: string): void;
  downloadUri(name: string, version: string): string;
  searchVersions(query: { filter?: string; orderBy: string[] } & PageRequest): Page<ModelVersion>;
  setVersionTag(name: string, version: string, tag: KeyValue): void;
  deleteVersionTag(name: string, version: string, key: string): void;
}

export interface Store {
  experiments: ExperimentStore;
  runs: RunStore;
  loggedModels: LoggedModelStore;
  registry: RegistryStore;
  /** Keeps all that `work` writes, or nothing of it when it throws; what fails within it and is caught there is taken back alone. */
  together<T>(work: () => T): T;
  close(): void;
}
