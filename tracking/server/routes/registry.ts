/** `mlflow/registered-models/*` and `mlflow/model-versions/*` */
import { z } from 'zod';
import { array, bool, keyValue, list, maxResults, optional, required, text } from '../requests.js';
import { resolveSource } from '../security/model-source.js';
import { route } from './route.js';
import { wireModel, wirePage, wireVersion } from './wire.js';

const byName = z.object({ name: required });
const byVersion = byName.extend({ version: z.union([required, z.number().int().transform(String)]) });
const search = (byDefault: number, limit: number) =>
  z.object({
    filter: optional(text),
    max_results: maxResults(byDefault, limit),
    order_by: list(text),
    page_token: optional(text),
  });
const query = (request: z.output<ReturnType<typeof search>>) => ({
  ...(request.filter ? { filter: request.filter } : {}),
  ...(request.page_token ? { pageToken: request.page_token } : {}),
  orderBy: request.order_by,
  maxResults: request.max_results,
});

const modelRoutes = [
  route(
    'POST',
    'mlflow/registered-models/create',
    byName.extend({ tags: array(keyValue), description: optional(text) }),
    (store, { name, tags, description }) => ({
      registered_model: wireModel(
        store.registry.createModel({ name, tags, ...(description === undefined ? {} : { description }) }),
      ),
    }),
  ),
  route('GET', 'mlflow/registered-models/get', byName, (store, { name }) => ({
    registered_model: wireModel(store.registry.getModel(name)),
  })),
  route(
    'PATCH',
    'mlflow/registered-models/update',
    byName.extend({ description: optional(text) }),
    (store, { name, description }) => ({
      registered_model: wireModel(store.registry.updateModel(name, description)),
    }),
  ),
  route(
    'POST',
    'mlflow/registered-models/rename',
    byName.extend({ new_name: required }),
    (store, { name, new_name: newName }) => ({
      registered_model: wireModel(store.registry.renameModel(name, newName)),
    }),
  ),
  route('DELETE', 'mlflow/registered-models/delete', byName, (store, { name }) => {
    store.registry.deleteModel(name);
    return {};
  }),
  route(['GET', 'POST'], 'mlflow/registered-models/search', search(100, 1000), (store, request) => {
    const page = store.registry.searchModels(query(request));
    return wirePage('registered_models', page.items.map(wireModel), page.nextPageToken);
  }),
  route(
    ['GET', 'POST'],
    'mlflow/registered-models/get-latest-versions',
    byName.extend({ stages: list(text) }),
    (store, { name, stages }) =>
      wirePage('model_versions', store.registry.latestVersions(name, stages).map(wireVersion), undefined),
  ),
  route(
    'POST',
    'mlflow/registered-models/set-tag',
    byName.extend({ key: required, value: optional(text) }),
    (store, { name, key, value }) => {
      store.registry.setModelTag(name, { key, value: value ?? '' });
      return {};
    },
  ),
  route(
    'DELETE',
    'mlflow/registered-models/delete-tag',
    byName.extend({ key: required }),
    (store, { name, key }) => {
      store.registry.deleteModelTag(name, key);
      return {};
    },
  ),
  route(
    'POST',
    'mlflow/registered-models/alias',
    byVersion.extend({ alias: required }),
    (store, { name, alias, version }) => {
      store.registry.setAlias(name, alias, version);
      return {};
    },
  ),
  route(
    'GET',
    'mlflow/registered-models/alias',
    byName.extend({ alias: required }),
    (store, { name, alias }) => ({
      model_version: wireVersion(store.registry.getVersionByAlias(name, alias)),
    }),
  ),
  route(
    'DELETE',
    'mlflow/registered-models/alias',
    byName.extend({ alias: required }),
    (store, { name, alias }) => {
      store.registry.deleteAlias(name, alias);
      return {};
    },
  ),
];

const versionRoutes = [
  route(
    'POST',
    'mlflow/model-versions/create',
    byName.extend({
      source: required,
      run_id: optional(text),
      run_link: optional(text),
      model_id: optional(text),
      description: optional(text),
      tags: array(keyValue),
    }),
    (store, request) => {
      const { name, tags, description, run_link: runLink } = request;
      const origin = resolveSource(
        store,
        request.source,
        request.run_id || undefined,
        request.model_id || undefined,
      );
      return {
        model_version: wireVersion(
          store.registry.createVersion({
            name,
            tags,
            ...origin,
            ...(runLink ? { runLink } : {}),
            ...(description === undefined ? {} : { description }),
          }),
        ),
      };
    },
  ),
  route('GET', 'mlflow/model-versions/get', byVersion, (store, { name, version }) => ({
    model_version: wireVersion(store.registry.getVersion(name, version)),
  })),
  route(
    'PATCH',
    'mlflow/model-versions/update',
    byVersion.extend({ description: optional(text) }),
    (store, { name, version, description }) => ({
      model_version: wireVersion(store.registry.updateVersion(name, version, description)),
    }),
  ),
  route(
    'POST',
    'mlflow/model-versions/transition-stage',
    byVersion.extend({ stage: required, archive_existing_versions: optional(bool) }),
    (store, { name, version, stage, archive_existing_versions: archive }) => ({
      model_version: wireVersion(store.registry.transitionStage(name, version, stage, archive ?? false)),
    }),
  ),
  route('DELETE', 'mlflow/model-versions/delete', byVersion, (store, { name, version }) => {
    store.registry.deleteVersion(name, version);
    return {};
  }),
  route('GET', 'mlflow/model-versions/get-download-uri', byVersion, (store, { name, version }) => ({
    artifact_uri: store.registry.downloadUri(name, version),
  })),
  route(['GET', 'POST'], 'mlflow/model-versions/search', search(10_000, 200_000), (store, request) => {
    const page = store.registry.searchVersions(query(request));
    return wirePage('model_versions', page.items.map(wireVersion), page.nextPageToken);
  }),
  route(
    'POST',
    'mlflow/model-versions/set-tag',
    byVersion.extend({ key: required, value: optional(text) }),
    (store, { name, version, key, value }) => {
      store.registry.setVersionTag(name, version, { key, value: value ?? '' });
      return {};
    },
  ),
  route(
    'DELETE',
    'mlflow/model-versions/delete-tag',
    byVersion.extend({ key: required }),
    (store, { name, version, key }) => {
      store.registry.deleteVersionTag(name, version, key);
      return {};
    },
  ),
];

export const registryRoutes = [...modelRoutes, ...versionRoutes];
