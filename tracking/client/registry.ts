/** The model registry: registered models, their versions and aliases. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Caller } from './call.js';
import { isAlreadyThere, isNotFound, TrackingError } from './errors.js';
import {
  listOf,
  type ModelVersion,
  modelVersion,
  nothing,
  type RegisteredModel,
  registeredModel,
} from './schemas.js';

type Tags = Readonly<Record<string, string>>;
const pairs = (tags: Tags = {}) => Object.entries(tags).map(([key, value]) => ({ key, value }));
const oneVersion = z.object({ model_version: modelVersion });
const oneModel = z.object({ registered_model: registeredModel });

export function registryCalls(caller: Caller) {
  const getModelVersion = async (name: string, version: string): Promise<ModelVersion> =>
    (await caller.json('GET', 'model-versions/get', oneVersion, { query: { name, version } })).model_version;

  const getRegisteredModel = async (name: string): Promise<RegisteredModel> =>
    (await caller.json('GET', 'registered-models/get', oneModel, { query: { name } })).registered_model;

  /** All pages of a search, as one list. */
  const searchAll = async <T extends z.ZodType>(
    path: string,
    list: string,
    item: T,
    pageSize: number,
    filter: string | undefined,
    orderBy: readonly string[] | undefined,
  ): Promise<z.output<T>[]> => {
    const answer = z.object({ [list]: listOf(item), next_page_token: z.string().optional() });
    const found: z.output<T>[] = [];
    let token: string | undefined;
    do {
      const query = { filter, max_results: pageSize, order_by: orderBy, page_token: token };
      const page = await caller.json('GET', path, answer, { query });
      found.push(...(page[list] as z.output<T>[]));
      token = (page.next_page_token as string | undefined) || undefined;
    } while (token !== undefined);
    return found;
  };

  return {
    /** The registered model of that name, created when it is not there. */
    async createRegisteredModel(
      name: string,
      { tags, description }: { tags?: Tags; description?: string } = {},
    ): Promise<RegisteredModel> {
      try {
        const json = { name, tags: pairs(tags), description };
        return (await caller.json('POST', 'registered-models/create', oneModel, { json })).registered_model;
      } catch (error) {
        if (isAlreadyThere(error)) return getRegisteredModel(name);
        throw error;
      }
    },

    /** @throws TrackingError RESOURCE_DOES_NOT_EXIST */

    /** Registers the next version. Not repeated when the connection breaks: it might then exist twice. */
    async createModelVersion(request: {
      name: string;
      source: string;
      runId: string;
      /** Of the logged model that it is made from. */
      modelId?: string | undefined;
      tags?: Tags;
      description?: string;
    }): Promise<ModelVersion> {
      const { name, source, runId, modelId, tags, description } = request;
      const json = { name, source, run_id: runId, model_id: modelId, tags: pairs(tags), description };
      const options = { json, idempotent: false };
      return (await caller.json('POST', 'model-versions/create', oneVersion, options)).model_version;
    },

    /**
     * Waits until a version can be used.
     *
     * @throws TrackingError when its registration failed, or takes longer than `timeoutMs`.
     */
    async waitUntilReady(name: string, version: string, timeoutMs = 300_000): Promise<ModelVersion> {
      const deadline = Date.now() + timeoutMs;
      for (let wait = 50; ; wait = Math.min(wait * 2, 3000)) {
        const found = await getModelVersion(name, version);
        if (found.status === 'READY') return found;
        if (found.status === 'FAILED_REGISTRATION') {
          throw new TrackingError(
            200,
            'FAILED_REGISTRATION',
            `registration of ${name} version ${version} failed: ${found.statusMessage}`,
          );
        }
        if (Date.now() + wait > deadline) {
          throw new TrackingError(
            200,
            'TIMEOUT',
            `${name} version ${version} is still not ready after ${timeoutMs} ms`,
          );
        }
        await delay(wait);
      }
    },

    getModelVersion,

    /** Points an alias at a version; it leaves the version it pointed at. */
    async setAlias(name: string, alias: string, version: string): Promise<void> {
      await caller.json('POST', 'registered-models/alias', nothing, { json: { name, alias, version } });
    },

    /** Removes an alias; none there is fine. */
    async deleteAlias(name: string, alias: string): Promise<void> {
      await caller.json('DELETE', 'registered-models/alias', nothing, { json: { name, alias } });
    },

    /** The version an alias points at; undefined when there is no such alias or model. */
    async getVersionByAlias(name: string, alias: string): Promise<ModelVersion | undefined> {
      try {
        const query = { name, alias };
        return (await caller.json('GET', 'registered-models/alias', oneVersion, { query })).model_version;
      } catch (error) {
        // A missing alias is INVALID_PARAMETER_VALUE in MLflow, told apart from a bad name by its words alone.
        const absent = error instanceof TrackingError && /alias .*not found/i.test(error.message);
        if (absent || isNotFound(error)) return undefined;
        throw error;
      }
    },

    /** Versions that match, newest change first; the filter knows `name`, `run_id`, `version_number` and tags. */
    searchModelVersions: (filter?: string, orderBy?: readonly string[]): Promise<ModelVersion[]> =>
      searchAll('model-versions/search', 'model_versions', modelVersion, 10_000, filter, orderBy),

    /** Registered models that match, by name. */
    searchRegisteredModels: (filter?: string, orderBy?: readonly string[]): Promise<RegisteredModel[]> =>
      searchAll('registered-models/search', 'registered_models', registeredModel, 1000, filter, orderBy),

    /** Deletes a version; its files stay with their run. */
    async deleteModelVersion(name: string, version: string): Promise<void> {
      await caller.json('DELETE', 'model-versions/delete', nothing, { json: { name, version } });
    },
    async setModelVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
      await caller.json('POST', 'model-versions/set-tag', nothing, { json: { name, version, key, value } });
    },

    /** Removes a tag; none there is fine. */
    async deleteModelVersionTag(name: string, version: string, key: string): Promise<void> {
      await caller.json('DELETE', 'model-versions/delete-tag', nothing, { json: { name, version, key } });
    },
  };
}
