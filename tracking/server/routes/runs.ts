/** `mlflow/runs/*` and `mlflow/metrics/*` */
import { z } from 'zod';
import { asJson, invalid, missingParameter } from '../errors.js';
import { LIMITS } from '../limits.js';
import {
  array,
  int64,
  keyValue,
  list,
  maxResults,
  metric,
  optional,
  required,
  runIdFields,
  runIdOf,
  runStatus,
  text,
  viewType,
} from '../requests.js';
import { route } from './route.js';
import { wireMetric, wireNewRun, wirePage, wireRun, wireRunInfo } from './wire.js';

const byId = z.object(runIdFields);

const datasetInput = z.object({
  tags: array(keyValue),
  dataset: z.object({
    name: required,
    digest: required,
    source_type: required,
    source: required,
    schema: optional(text),
    profile: optional(text),
  }),
});

export const runRoutes = [
  route(
    'POST',
    'mlflow/runs/create',
    z.object({
      experiment_id: optional(text),
      user_id: optional(text),
      run_name: optional(text),
      start_time: optional(int64),
      tags: array(keyValue),
    }),
    (store, request) => ({
      run: wireNewRun(
        store.runs.create({
          experimentId: request.experiment_id || '0',
          userId: request.user_id ?? '',
          startTime: request.start_time ?? 0,
          ...(request.run_name ? { runName: request.run_name } : {}),
          tags: request.tags,
        }),
      ),
    }),
  ),
  route('GET', 'mlflow/runs/get', byId, (store, request) => ({
    run: wireRun(store.runs.get(runIdOf(request))),
  })),
  route(
    'POST',
    'mlflow/runs/update',
    byId.extend({ status: optional(runStatus), end_time: optional(int64), run_name: optional(text) }),
    (store, request) => ({
      run_info: wireRunInfo(
        store.runs.update(runIdOf(request), {
          ...(request.status ? { status: request.status } : {}),
          ...(request.end_time === undefined ? {} : { endTime: request.end_time }),
          ...(request.run_name ? { runName: request.run_name } : {}),
        }),
      ),
    }),
  ),
  route('POST', 'mlflow/runs/delete', byId, (store, request) => {
    store.runs.delete(runIdOf(request));
    return {};
  }),
  route('POST', 'mlflow/runs/restore', byId, (store, request) => {
    store.runs.restore(runIdOf(request));
    return {};
  }),
  route('POST', 'mlflow/runs/log-metric', z.intersection(byId, metric), (store, request) => {
    const { run_id: _, run_uuid: __, ...point } = request;
    store.runs.logBatch(runIdOf(request), { metrics: [point], params: [], tags: [] }, true);
    return {};
  }),
  route(
    'POST',
    'mlflow/runs/log-parameter',
    byId.extend({ key: required, value: optional(text) }),
    (store, request) => {
      const params = [{ key: request.key, value: request.value ?? '' }];
      store.runs.logBatch(runIdOf(request), { metrics: [], params, tags: [] }, true);
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/runs/set-tag',
    byId.extend({ key: required, value: optional(text) }),
    (store, request) => {
      store.runs.setTag(runIdOf(request), { key: request.key, value: request.value ?? '' });
      return {};
    },
  ),
  route('POST', 'mlflow/runs/delete-tag', byId.extend({ key: required }), (store, request) => {
    store.runs.deleteTag(runIdOf(request), request.key);
    return {};
  }),
  route(
    'POST',
    'mlflow/runs/log-batch',
    byId.extend({ metrics: array(metric), params: array(keyValue), tags: array(keyValue) }),
    (store, request, bodyBytes) => {
      if (bodyBytes > LIMITS.batchBytes) {
        throw invalid(
          `Batched logging API requests must be at most ${LIMITS.batchBytes} bytes, got a request of size ${bodyBytes}.`,
        );
      }
      store.runs.logBatch(runIdOf(request), request);
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/runs/log-inputs',
    byId.extend({ datasets: array(datasetInput), models: array(z.object({ model_id: required })) }),
    (store, request) => {
      store.runs.logInputs(runIdOf(request), {
        datasets: request.datasets.map(({ tags, dataset }) => ({
          tags,
          dataset: {
            name: dataset.name,
            digest: dataset.digest,
            sourceType: dataset.source_type,
            source: dataset.source,
            schema: dataset.schema ?? null,
            profile: dataset.profile ?? null,
          },
        })),
        modelIds: request.models.map(({ model_id: modelId }) => modelId),
      });
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/runs/outputs',
    byId.extend({ models: array(z.object({ model_id: required, step: optional(int64) })) }),
    (store, request) => {
      store.runs.logOutputs(
        runIdOf(request),
        request.models.map(({ model_id: modelId, step }) => ({ modelId, step: step ?? 0 })),
      );
      return {};
    },
  ),
  route('POST', 'mlflow/runs/log-model', byId.extend({ model_json: required }), (store, request) => {
    const runId = runIdOf(request);
    const model = parseModel(request.model_json);
    const key = 'mlflow.log-model.history';
    const history = store.runs.get(runId).tags.find((tag) => tag.key === key)?.value ?? '[]';
    store.runs.setTag(runId, { key, value: asJson([...parseHistory(history), model]) });
    return {};
  }),
  route(
    'POST',
    'mlflow/runs/search',
    z.object({
      experiment_ids: list(text),
      filter: optional(text),
      run_view_type: viewType,
      max_results: maxResults(1000, 50_000),
      order_by: list(text),
      page_token: optional(text),
    }),
    (store, request) => {
      const page = store.runs.search({
        experimentIds: request.experiment_ids,
        ...(request.filter ? { filter: request.filter } : {}),
        ...(request.page_token ? { pageToken: request.page_token } : {}),
        viewType: request.run_view_type,
        maxResults: request.max_results,
        orderBy: request.order_by,
      });
      return wirePage('runs', page.items.map(wireRun), page.nextPageToken);
    },
  ),
  route(
    'GET',
    'mlflow/metrics/get-history',
    byId.extend({ metric_key: required, max_results: optional(int64), page_token: optional(text) }),
    (store, request) => {
      const { max_results: wanted, page_token: pageToken } = request;
      if (wanted !== undefined && wanted <= 0) {
        throw invalid(
          `Invalid value ${wanted} for parameter 'max_results' supplied. It must be a positive integer.`,
        );
      }
      const page = store.runs.metricHistory(runIdOf(request), request.metric_key, {
        ...(wanted === undefined ? {} : { maxResults: wanted }),
        ...(pageToken ? { pageToken } : {}),
      });
      return wirePage('metrics', page.items.map(wireMetric), page.nextPageToken);
    },
  ),
  route(
    'GET',
    'mlflow/metrics/get-history-bulk',
    z.object({ run_id: list(text), metric_key: optional(text), max_results: optional(int64) }),
    (store, { run_id: runIds, metric_key: key, max_results: wanted }) => {
      if (runIds.length === 0)
        throw invalid('GetMetricHistoryBulk request must specify at least one run_id.');
      if (runIds.length > 100) {
        throw invalid(
          `GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received ${runIds.length} run_ids.`,
        );
      }
      if (!key) throw invalid('GetMetricHistoryBulk request must specify a metric_key.');
      const points = store.runs.metricHistoryBulk(runIds, key, Math.min(wanted ?? 25_000, 25_000));
      return { metrics: points.map(({ runId, ...point }) => ({ ...wireMetric(point), run_id: runId })) };
    },
  ),
  route(
    'GET',
    'mlflow/metrics/get-history-bulk-interval',
    z.object({
      run_ids: list(required),
      metric_key: required,
      start_step: optional(int64),
      end_step: optional(int64),
      max_results: optional(int64),
    }),
    (store, request) => {
      const { run_ids: runIds, start_step: startStep, end_step: endStep, max_results: wanted } = request;
      if (runIds.length === 0) throw missingParameter('run_ids');
      if (runIds.length > 100) {
        throw invalid(
          `GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received ${runIds.length} run_ids.`,
        );
      }
      if (wanted !== undefined && (wanted < 1 || wanted > 2500)) {
        throw invalid('max_results must be between 1 and 2500.');
      }
      if ((startStep === undefined) !== (endStep === undefined)) {
        throw invalid('If either start step or end step are specified, both must be specified.');
      }
      const points = store.runs.metricHistorySampled(runIds, request.metric_key, {
        ...(startStep === undefined ? {} : { startStep }),
        ...(endStep === undefined ? {} : { endStep }),
        maxResults: wanted ?? 2500,
      });
      return wirePage(
        'metrics',
        points.map(({ runId, ...point }) => ({ ...wireMetric(point), run_id: runId })),
        undefined,
      );
    },
  ),
];

/** The tag is a client's to write, too, and cut where it is too long. */
function parseHistory(json: string): unknown[] {
  try {
    return z.array(z.unknown()).parse(JSON.parse(json));
  } catch {
    throw invalid(
      "The run's tag mlflow.log-model.history is not a JSON list; delete it to log models again.",
    );
  }
}

/** The parts of an MLmodel that MLflow keeps in a run's history tag. */
function parseModel(json: string): Record<string, unknown> {
  let model: unknown;
  try {
    model = JSON.parse(json);
  } catch {
    throw invalid(`Malformed model info. \n ${json} \n failed to parse.`);
  }
  if (typeof model !== 'object' || model === null || Array.isArray(model)) {
    throw invalid(`Malformed model info. \n ${json} \n is not an object.`);
  }
  const missing = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'].filter((key) => !(key in model));
  if (missing.length > 0) throw invalid(`Model json is missing mandatory fields: ${missing.join(', ')}`);
  return model as Record<string, unknown>;
}
