/** MLflow's limits on names, values and batches, and the checks that hold them. Each check throws, or returns. */
import { posix } from 'node:path';
import { invalid, invalidValue, missingParameter } from './errors.js';
import type { KeyValue, MetricWrite, RunBatch } from './store/contract.js';

export const LIMITS = {
  batchMetrics: 1000,
  batchParams: 100,
  batchTags: 100,
  batchEntities: 1000,
  batchBytes: 1_000_000,
  keyLength: 250,
  paramValueLength: 6000,
  tagValueLength: 8000,
  experimentNameLength: 500,
  experimentTagValueLength: 20_000,
  registryTagValueLength: 100_000,
  aliasLength: 255,
  datasetNameLength: 500,
  datasetDigestLength: 36,
  datasetSourceLength: 65_535,
  datasetSchemaLength: 1_048_575,
  datasetProfileLength: 16_777_215,
  inputTagKeyLength: 255,
  inputTagValueLength: 500,
} as const;

const KEY = /^[/\p{L}\p{N}_.\- :]*$/u;
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

/** A key is also a path where artifacts are concerned: it must be its own normal form. */
const isItsOwnPath = (key: string): boolean => {
  const normal = normalPath(key);
  return normal === key && normal !== '.' && !normal.startsWith('..') && !normal.startsWith('/');
};

const normalPath = (key: string): string => {
  const normal = posix.normalize(key);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
};

/** Checks the characters of a metric, parameter or tag key. */
export function checkKey(key: string | undefined, path: string): asserts key is string {
  if (key === undefined) throw missingParameter(path);
  if (!KEY.test(key)) {
    throw invalidValue(
      path,
      key,
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (!isItsOwnPath(key)) {
    throw invalidValue(
      path,
      key,
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normalPath(key)}'`,
    );
  }
}

/** Checks a length in characters. */
export function checkLength(what: string, limit: number, value: string | null | undefined): void {
  if (value != null && value.length > limit) {
    throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
  }
}

/** MLflow cuts what is too long in a run's parameter and tag values, rather than refuse a day's training. */
const cut = (value: string, limit: number): string => (value.length > limit ? value.slice(0, limit) : value);

export function checkRunId(runId: string): void {
  if (!RUN_ID.test(runId)) throw invalidValue('run_id', runId);
}

export function checkRunTag(tag: KeyValue, path = ''): KeyValue {
  checkKey(tag.key, joinPath(path, 'key'));
  checkLength(joinPath(path, 'key'), LIMITS.keyLength, tag.key);
  return { key: tag.key, value: cut(tag.value, LIMITS.tagValueLength) };
}

function checkParam(param: KeyValue, path: string): KeyValue {
  checkKey(param.key, joinPath(path, 'key'));
  checkLength('Param key', LIMITS.keyLength, param.key);
  return { key: param.key, value: cut(param.value, LIMITS.paramValueLength) };
}

function checkMetric(metric: MetricWrite, path: string): MetricWrite {
  checkKey(metric.key, joinPath(path, 'name'));
  checkLength('Metric name', LIMITS.keyLength, metric.key);
  if (metric.timestamp < 0) {
    throw invalidValue(
      joinPath(path, 'timestamp'),
      metric.timestamp,
      `metric '${metric.key}' (value=${pythonFloat(metric.value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  return metric;
}

/** A number as Python prints a float. */
const pythonFloat = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

const joinPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** Checks a whole batch, and cuts the values that are too long. A batch of one is named without an index. */
export function checkBatch(batch: RunBatch, single = false): RunBatch {
  const at = (list: string, index: number) => (single ? '' : `${list}[${index}]`);
  const checked = {
    metrics: batch.metrics.map((metric, index) => checkMetric(metric, at('metrics', index))),
    params: batch.params.map((param, index) => checkParam(param, at('params', index))),
    tags: batch.tags.map((tag, index) => checkRunTag(tag, at('tags', index))),
  };
  checkCount('metrics', LIMITS.batchMetrics, batch.metrics.length);
  checkCount('params', LIMITS.batchParams, batch.params.length);
  checkCount('tags', LIMITS.batchTags, batch.tags.length);
  checkCount(
    'metrics, params, and tags',
    LIMITS.batchEntities,
    batch.metrics.length + batch.params.length + batch.tags.length,
  );
  const keys = new Set<string>();
  const twice = checked.params.filter(({ key }) => keys.size === keys.add(key).size).map(({ key }) => key);
  if (twice.length > 0) {
    throw invalid(
      `Duplicate parameter keys have been submitted: ${pythonList(twice)}. Please ensure the request contains only one param value per param key.`,
    );
  }
  return checked;
}

const checkCount = (what: string, limit: number, count: number): void => {
  if (count > limit) {
    throw invalid(
      `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
    );
  }
};

/** A list of strings as Python prints it; MLflow's messages carry such lists. */
export const pythonList = (values: readonly string[]): string =>
  `[${values.map((value) => `'${value}'`).join(', ')}]`;

export function checkExperimentName(name: string): void {
  if (name === '') throw invalid(`Invalid experiment name: '${name}'`);
  checkLength('name', LIMITS.experimentNameLength, name);
}

export function checkExperimentTag(tag: KeyValue): void {
  checkKey(tag.key, 'key');
  checkLength('key', LIMITS.keyLength, tag.key);
  checkLength('value', LIMITS.experimentTagValueLength, tag.value);
}

export function checkRegistryTag(tag: KeyValue): void {
  checkKey(tag.key, 'key');
  checkLength('key', LIMITS.keyLength, tag.key);
  checkLength('value', LIMITS.registryTagValueLength, tag.value);
}

/** Checks the name of a registered model; `parameter` is what the request calls it. */
export function checkModelName(name: string, parameter = 'name'): void {
  if (name.trim() === '') throw invalid(`Missing value for required parameter '${parameter}'.`);
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  if (!isItsOwnPath(name)) {
    throw invalidValue(
      'name',
      name,
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normalPath(name)}'`,
    );
  }
}

/** Checks an alias that is about to be read or removed. */
export function checkAlias(alias: string): void {
  if (alias === '') throw invalid('Registered model alias name cannot be empty.');
  if (!/^[\w-]*$/.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  checkLength('Registered model alias name', LIMITS.aliasLength, alias);
}

/** Checks an alias that is about to be set: `latest` and `v1` already mean something in a model URI. */
export function checkNewAlias(alias: string): void {
  checkAlias(alias);
  if (alias.toLowerCase() === 'latest') throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}

/** Reads a version number out of a request. */
export function parseVersion(version: string): number {
  if (!/^\d{1,15}$/.test(version)) throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
  return Number(version);
}
