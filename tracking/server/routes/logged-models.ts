/** `mlflow/logged-models/*` */
import { z } from 'zod';
import { invalid } from '../errors.js';
import { array, bool, keyValue, list, maxResults, named, optional, required, text } from '../requests.js';
import { MODEL_STATUS } from '../store/contract.js';
import { route } from './route.js';
import { wireLoggedModel, wirePage } from './wire.js';

const byId = z.object({ model_id: required });

const status = named(MODEL_STATUS);

export const loggedModelRoutes = [
  route(
    'POST',
    'mlflow/logged-models',
    z.object({
      experiment_id: required,
      name: optional(text),
      model_type: optional(text),
      source_run_id: optional(text),
      params: array(keyValue),
      tags: array(keyValue),
    }),
    (store, request) => {
      const { name, model_type: modelType, source_run_id: sourceRunId } = request;
      return {
        model: wireLoggedModel(
          store.loggedModels.create({
            experimentId: request.experiment_id,
            ...(name ? { name } : {}),
            ...(modelType ? { modelType } : {}),
            ...(sourceRunId ? { sourceRunId } : {}),
            params: request.params,
            tags: request.tags,
          }),
        ),
      };
    },
  ),
  route(
    'POST',
    'mlflow/logged-models/search',
    z.object({
      experiment_ids: list(text),
      filter: optional(text),
      datasets: array(z.object({ dataset_name: required, dataset_digest: optional(text) })),
      max_results: maxResults(50, 50_000),
      order_by: array(
        z.object({
          field_name: required,
          ascending: optional(bool),
          dataset_name: optional(text),
          dataset_digest: optional(text),
        }),
      ),
      page_token: optional(text),
    }),
    (store, request) => {
      if (request.experiment_ids.length === 0)
        throw invalid('`experiment_ids` must be a non-empty list of strings.');
      const page = store.loggedModels.search({
        experimentIds: request.experiment_ids,
        ...(request.filter ? { filter: request.filter } : {}),
        ...(request.page_token ? { pageToken: request.page_token } : {}),
        datasets: request.datasets.map(({ dataset_name: name, dataset_digest: digest }) => ({
          name,
          ...(digest === undefined ? {} : { digest }),
        })),
        orderBy: request.order_by.map((order) => ({
          fieldName: order.field_name,
          ascending: order.ascending ?? true,
          ...(order.dataset_name ? { datasetName: order.dataset_name } : {}),
          ...(order.dataset_digest ? { datasetDigest: order.dataset_digest } : {}),
        })),
        maxResults: request.max_results,
      });
      return wirePage('models', page.items.map(wireLoggedModel), page.nextPageToken);
    },
  ),
  route('GET', 'mlflow/logged-models/:model_id', byId, (store, request) => ({
    model: wireLoggedModel(store.loggedModels.get(request.model_id)),
  })),
  route('PATCH', 'mlflow/logged-models/:model_id', byId.extend({ status }), (store, request) => ({
    model: wireLoggedModel(store.loggedModels.finalize(request.model_id, request.status)),
  })),
  route('DELETE', 'mlflow/logged-models/:model_id', byId, (store, request) => {
    store.loggedModels.delete(request.model_id);
    return {};
  }),
  route(
    'PATCH',
    'mlflow/logged-models/:model_id/tags',
    byId.extend({ tags: array(keyValue) }),
    (store, request) => ({
      model: wireLoggedModel(store.loggedModels.setTags(request.model_id, request.tags)),
    }),
  ),
  route(
    'DELETE',
    'mlflow/logged-models/:model_id/tags/:tag_key',
    byId.extend({ tag_key: required }),
    (store, request) => {
      store.loggedModels.deleteTag(request.model_id, request.tag_key);
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/logged-models/:model_id/params',
    byId.extend({ params: array(keyValue) }),
    (store, request) => {
      store.loggedModels.logParams(request.model_id, request.params);
      return {};
    },
  ),
];
