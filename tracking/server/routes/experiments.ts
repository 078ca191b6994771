/** `mlflow/experiments/*` */
import { z } from 'zod';
import { invalid } from '../errors.js';
import { array, keyValue, list, maxResults, optional, required, text, viewType } from '../requests.js';
import { checkArtifactLocation } from '../security/artifact-location.js';
import { route } from './route.js';
import { wireExperiment, wirePage } from './wire.js';

const byId = z.object({ experiment_id: required });

export const experimentRoutes = [
  route(
    'POST',
    'mlflow/experiments/create',
    z.object({ name: required, artifact_location: optional(text), tags: array(keyValue) }),
    (store, { name, artifact_location: artifactLocation, tags }) => {
      if (artifactLocation) checkArtifactLocation(artifactLocation);
      return {
        experiment_id: store.experiments.create({
          name,
          tags,
          ...(artifactLocation ? { artifactLocation } : {}),
        }),
      };
    },
  ),
  route('GET', 'mlflow/experiments/get', byId, (store, request) => ({
    experiment: wireExperiment(store.experiments.get(request.experiment_id)),
  })),
  route(
    'GET',
    'mlflow/experiments/get-by-name',
    z.object({ experiment_name: required }),
    (store, request) => ({
      experiment: wireExperiment(store.experiments.getByName(request.experiment_name)),
    }),
  ),
  route(
    ['GET', 'POST'],
    'mlflow/experiments/search',
    z.object({
      filter: optional(text),
      max_results: maxResults(0, 50_000),
      order_by: list(text),
      page_token: optional(text),
      view_type: viewType,
    }),
    (store, request) => {
      const page = store.experiments.search({
        ...(request.filter ? { filter: request.filter } : {}),
        ...(request.page_token ? { pageToken: request.page_token } : {}),
        orderBy: request.order_by,
        viewType: request.view_type,
        maxResults: request.max_results,
      });
      return wirePage('experiments', page.items.map(wireExperiment), page.nextPageToken);
    },
  ),
  route(
    'POST',
    'mlflow/experiments/update',
    z.object({ experiment_id: required, new_name: required }),
    (store, request) => {
      store.experiments.rename(request.experiment_id, request.new_name);
      return {};
    },
  ),
  route('POST', 'mlflow/experiments/delete', byId, (store, request) => {
    store.experiments.delete(request.experiment_id);
    return {};
  }),
  route('POST', 'mlflow/experiments/restore', byId, (store, request) => {
    store.experiments.restore(request.experiment_id);
    return {};
  }),
  route(
    'POST',
    'mlflow/experiments/set-experiment-tag',
    byId.extend({ key: required, value: text }),
    (store, { experiment_id: id, key, value }) => {
      store.experiments.setTag(id, { key, value });
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/experiments/delete-experiment-tag',
    byId.extend({ key: required }),
    (store, request) => {
      store.experiments.deleteTag(request.experiment_id, request.key);
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/experiments/search-datasets',
    z.object({ experiment_ids: list(text) }),
    (store, request) => {
      const { experiment_ids: ids } = request;
      if (ids.length === 0) throw invalid('SearchDatasets request must specify at least one experiment_id.');
      if (ids.length > 20) {
        throw invalid(
          `SearchDatasets request cannot specify more than 20 experiment_ids. Received ${ids.length} experiment_ids.`,
        );
      }
      const summaries = store.experiments
        .datasets(ids)
        .map(({ experimentId, ...summary }) => ({ experiment_id: experimentId, ...summary }));
      return wirePage('dataset_summaries', summaries, undefined);
    },
  ),
];
