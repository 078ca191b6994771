/** MLflow's answers, checked and turned into this project's types: camelCase, tags and parameters as records. */
import { z } from 'zod';

const int64 = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);

/** JSON has no NaN and no infinities: MLflow sends them as texts. */
const double = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);

const keyValues = z
  .array(z.object({ key: z.string(), value: z.string().optional() }))
  .optional()
  .transform(
    (pairs): Record<string, string> =>
      Object.fromEntries((pairs ?? []).map(({ key, value }) => [key, value ?? ''])),
  );

export const RUN_STATUS = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUS)[number];

export interface RunInfo {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** Undefined while the run goes on. */
  readonly endTime: number | undefined;
  readonly artifactUri: string;
  readonly lifecycleStage: 'active' | 'deleted';
}

export const runInfo = z
  .object({
    run_id: z.string(),
    run_name: z.string().optional(),
    experiment_id: z.string(),
    status: z.enum(RUN_STATUS),
    start_time: int64.optional(),
    end_time: int64.optional(),
    artifact_uri: z.string(),
    lifecycle_stage: z.enum(['active', 'deleted']),
  })
  .transform(
    (info): RunInfo => ({
      runId: info.run_id,
      runName: info.run_name ?? '',
      experimentId: info.experiment_id,
      status: info.status,
      startTime: info.start_time ?? 0,
      // MLflow before 2.0 answers 0 for a run that goes on.
      endTime: info.end_time || undefined,
      artifactUri: info.artifact_uri,
      lifecycleStage: info.lifecycle_stage,
    }),
  );

/** A run as the server knows it: of each metric the latest value. */
export interface Run {
  readonly info: RunInfo;
  readonly metrics: Record<string, number>;
  readonly params: Record<string, string>;
  readonly tags: Record<string, string>;
}

export const run = z
  .object({
    info: runInfo,
    data: z
      .object({
        metrics: z.array(z.object({ key: z.string(), value: double })).optional(),
        params: keyValues,
        tags: keyValues,
      })
      .optional(),
  })
  .transform(
    ({ info, data }): Run => ({
      info,
      metrics: Object.fromEntries((data?.metrics ?? []).map(({ key, value }) => [key, value])),
      params: data?.params ?? {},
      tags: data?.tags ?? {},
    }),
  );

/** A run's datasets, as they were logged. */
export const runInputs = z
  .object({
    inputs: z
      .object({
        dataset_inputs: z
          .array(
            z.object({
              tags: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
              dataset: z.object({
                name: z.string(),
                digest: z.string(),
                source_type: z.string(),
                source: z.string(),
                schema: z.string().optional(),
                profile: z.string().optional(),
              }),
            }),
          )
          .optional(),
      })
      .optional(),
  })
  .transform(({ inputs }) =>
    (inputs?.dataset_inputs ?? []).map(({ tags = [], dataset }) => ({ tags, dataset })),
  );

/** One measurement of a metric. */
export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export const metricPoint = z.object({
  key: z.string(),
  value: double,
  timestamp: int64,
  step: int64.optional().transform((step) => step ?? 0),
});

export interface ExperimentInfo {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: 'active' | 'deleted';
  readonly tags: Record<string, string>;
}

export const experiment = z
  .object({
    experiment_id: z.string(),
    name: z.string(),
    artifact_location: z.string().optional(),
    lifecycle_stage: z.enum(['active', 'deleted']),
    tags: keyValues,
  })
  .transform(
    (found): ExperimentInfo => ({
      experimentId: found.experiment_id,
      name: found.name,
      artifactLocation: found.artifact_location ?? '',
      lifecycleStage: found.lifecycle_stage,
      tags: found.tags,
    }),
  );

export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly creationTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  readonly description: string;
  readonly stage: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly status: 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY';
  readonly statusMessage: string;
  readonly tags: Record<string, string>;
  readonly aliases: string[];
}

export const modelVersion = z
  .object({
    name: z.string(),
    version: z.union([z.string(), z.number().transform(String)]),
    creation_timestamp: int64.optional(),
    last_updated_timestamp: int64.optional(),
    description: z.string().optional(),
    current_stage: z.string().optional(),
    source: z.string().optional(),
    run_id: z.string().optional(),
    status: z.enum(['PENDING_REGISTRATION', 'FAILED_REGISTRATION', 'READY']).optional(),
    status_message: z.string().optional(),
    tags: keyValues,
    aliases: z.array(z.string()).optional(),
  })
  .transform(
    (found): ModelVersion => ({
      name: found.name,
      version: found.version,
      creationTimestamp: found.creation_timestamp ?? 0,
      lastUpdatedTimestamp: found.last_updated_timestamp ?? 0,
      description: found.description ?? '',
      stage: found.current_stage ?? 'None',
      source: found.source ?? '',
      runId: found.run_id || undefined,
      status: found.status ?? 'READY',
      statusMessage: found.status_message ?? '',
      tags: found.tags,
      aliases: found.aliases ?? [],
    }),
  );

/** A model package that is a thing of its own, since MLflow 3. */
export interface LoggedModel {
  readonly modelId: string;
  readonly name: string;
  readonly artifactUri: string;
  readonly creationTime: number;
  readonly status: string;
  readonly sourceRunId: string | undefined;
}

export const loggedModel = z
  .object({
    info: z.object({
      model_id: z.string().regex(/^[\w-]+$/),
      name: z.string(),
      artifact_uri: z.string(),
      creation_timestamp_ms: int64,
      status: z.union([z.string(), z.number().transform(String)]),
      source_run_id: z.string().optional(),
    }),
  })
  .transform(
    ({ info }): LoggedModel => ({
      modelId: info.model_id,
      name: info.name,
      artifactUri: info.artifact_uri,
      creationTime: info.creation_timestamp_ms,
      status: info.status,
      sourceRunId: info.source_run_id || undefined,
    }),
  );

export interface RegisteredModel {
  readonly name: string;
  readonly creationTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  readonly description: string;
  readonly tags: Record<string, string>;
  /** Alias to version. */
  readonly aliases: Record<string, string>;
  readonly latestVersions: readonly ModelVersion[];
}

export const registeredModel = z
  .object({
    name: z.string(),
    creation_timestamp: int64.optional(),
    last_updated_timestamp: int64.optional(),
    description: z.string().optional(),
    tags: keyValues,
    aliases: z
      .array(z.object({ alias: z.string(), version: z.union([z.string(), z.number().transform(String)]) }))
      .optional(),
    latest_versions: z.array(modelVersion).optional(),
  })
  .transform(
    (found): RegisteredModel => ({
      name: found.name,
      creationTimestamp: found.creation_timestamp ?? 0,
      lastUpdatedTimestamp: found.last_updated_timestamp ?? 0,
      description: found.description ?? '',
      tags: found.tags,
      aliases: Object.fromEntries((found.aliases ?? []).map(({ alias, version }) => [alias, version])),
      latestVersions: found.latest_versions ?? [],
    }),
  );

/** A file or folder among artifacts; its path is relative to the run's artifact folder. */
export interface ArtifactInfo {
  readonly path: string;
  readonly isDir: boolean;
  readonly size: number | undefined;
}

export const artifactInfo = z
  .object({ path: z.string(), is_dir: z.boolean().optional(), file_size: int64.optional() })
  .transform(
    ({ path, is_dir: isDir, file_size: size }): ArtifactInfo => ({
      path,
      isDir: isDir ?? false,
      size,
    }),
  );

/** An answer that says nothing but that it worked. */
export const nothing = z.unknown();
export const nextPage = { next_page_token: z.string().optional() };
/** A list that MLflow leaves out when it is empty. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .optional()
    .transform((items) => items ?? []);
