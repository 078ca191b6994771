/** Entities as MLflow's JSON spells them: snake_case, absent instead of null, empty lists left out. */
import type {
  DatasetInput,
  Experiment,
  KeyValue,
  LoggedModel,
  Metric,
  ModelVersion,
  RegisteredModel,
  Run,
  RunInfo,
} from '../store/contract.js';

type Json = Record<string, unknown>;

/** Drops what is null, undefined or an empty list. */
function compact(object: Json): Json {
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0))
      delete object[key];
  }
  return object;
}

/** JSON has no NaN and no infinities: they travel as texts. */
export const wireNumber = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);

export const wireExperiment = (experiment: Experiment): Json =>
  compact({
    experiment_id: experiment.experimentId,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.lifecycleStage,
    last_update_time: experiment.lastUpdateTime,
    creation_time: experiment.creationTime,
    tags: experiment.tags,
  });

export const wireRunInfo = (info: RunInfo): Json =>
  compact({
    run_uuid: info.runId,
    experiment_id: info.experimentId,
    run_name: info.runName,
    user_id: info.userId,
    status: info.status,
    start_time: info.startTime,
    end_time: info.endTime,
    artifact_uri: info.artifactUri,
    lifecycle_stage: info.lifecycleStage,
    run_id: info.runId,
  });

export const wireMetric = ({ key, value, timestamp, step }: Metric): Json => ({
  key,
  value: wireNumber(value),
  timestamp,
  step,
});

const wireDatasetInput = ({ dataset, tags }: DatasetInput): Json =>
  compact({
    tags: tags satisfies KeyValue[],
    dataset: compact({
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      schema: dataset.schema,
      profile: dataset.profile,
    }),
  });

export const wireRun = (run: Run): Json => ({
  info: wireRunInfo(run.info),
  data: compact({ metrics: run.metrics.map(wireMetric), params: run.params, tags: run.tags }),
  inputs: compact({
    dataset_inputs: run.datasets.map(wireDatasetInput),
    model_inputs: run.modelInputs.map((modelId) => ({ model_id: modelId })),
  }),
  outputs: compact({
    model_outputs: run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step })),
  }),
});

/** A run just created is answered without outputs, as MLflow does. */
export function wireNewRun(run: Run): Json {
  const { outputs: _, ...rest } = wireRun(run);
  return rest;
}

export const wireLoggedModel = (model: LoggedModel): Json => ({
  info: compact({
    model_id: model.modelId,
    experiment_id: model.experimentId,
    name: model.name,
    creation_timestamp_ms: model.creationTime,
    last_updated_timestamp_ms: model.lastUpdateTime,
    artifact_uri: model.artifactUri,
    status: model.status,
    model_type: model.modelType,
    source_run_id: model.sourceRunId,
    tags: model.tags,
  }),
  data: compact({
    params: model.params,
    metrics: model.metrics.map((metric) =>
      compact({
        ...wireMetric(metric),
        model_id: model.modelId,
        run_id: metric.runId,
        dataset_name: metric.datasetName,
        dataset_digest: metric.datasetDigest,
      }),
    ),
  }),
});

export const wireVersion = (version: ModelVersion): Json =>
  compact({
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creationTime,
    last_updated_timestamp: version.lastUpdateTime,
    current_stage: version.stage,
    description: version.description ?? '',
    source: version.source,
    run_id: version.runId ?? '',
    status: version.status,
    run_link: version.runLink ?? '',
    model_id: version.modelId,
    tags: version.tags,
    aliases: version.aliases,
  });

export const wireModel = (model: RegisteredModel): Json =>
  compact({
    name: model.name,
    creation_timestamp: model.creationTime,
    last_updated_timestamp: model.lastUpdateTime,
    description: model.description ?? '',
    // MLflow leaves the aliases out here; they stand on the model itself.
    latest_versions: model.latestVersions.map((version) => wireVersion({ ...version, aliases: [] })),
    tags: model.tags,
    aliases: model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
  });

/** A page under the name its answer gives it. */
export const wirePage = (name: string, items: Json[], nextPageToken: string | undefined): Json =>
  compact({ [name]: items, next_page_token: nextPageToken });
