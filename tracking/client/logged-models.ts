/** MLflow 3's logged models: a model package as a thing of its own, linked to the run that made it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { artifactCalls } from './artifacts.js';
import type { Caller } from './call.js';
import { TrackingError } from './errors.js';
import { type LoggedModel, listOf, loggedModel, nothing, type Run } from './schemas.js';

type Values = Readonly<Record<string, string>>;
const pairs = (values: Values = {}) => Object.entries(values).map(([key, value]) => ({ key, value }));
const oneModel = z.object({ model: loggedModel });

export function loggedModelCalls(
  caller: Caller,
  { downloadFolder, uploadFolder }: Pick<ReturnType<typeof artifactCalls>, 'downloadFolder' | 'uploadFolder'>,
) {
  /** Those that a run made, oldest first. */
  const modelsOf = async ({ info }: Run): Promise<LoggedModel[]> => {
    const json = { experiment_ids: [info.experimentId], filter: `source_run_id = '${info.runId}'` };
    const answer = z.object({ models: listOf(loggedModel) });
    const { models } = await caller.json('POST', 'logged-models/search', answer, { json });
    return models.sort((a, b) => a.creationTime - b.creationTime);
  };
  const finalize = async ({ modelId }: LoggedModel): Promise<LoggedModel> => {
    const json = { model_id: modelId, status: 'LOGGED_MODEL_READY' };
    return (await caller.json('PATCH', `logged-models/${modelId}`, oneModel, { json })).model;
  };

  /** Copies the run's package, whose `MLmodel` then names the logged model. */
  const copyPackage = async (
    run: Run,
    path: string,
    { modelId, artifactUri }: LoggedModel,
  ): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'gridsearch-model-'));
    try {
      await downloadFolder(run, path, folder);
      if ((await readdir(folder)).includes('MLmodel')) {
        const file = join(folder, 'MLmodel');
        const text = await readFile(file, 'utf8');
        if (!/^model_id:/m.test(text)) await writeFile(file, `${text.trimEnd()}\nmodel_id: ${modelId}\n`);
      }
      await uploadFolder({ info: { artifactUri } }, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  return {
    /**
     * Makes a logged model out of the package that lies at `path` among a run's artifacts; one for each run, however often it is
     * called. A second one, of a call whose answer was lost, is deleted.
     *
     * @returns undefined when the server is older than MLflow 3 and knows no logged models
     */
    async logPackage(
      run: Run,
      path: string,
      { params, tags, modelType }: { params?: Values; tags?: Values; modelType?: string } = {},
    ): Promise<LoggedModel | undefined> {
      let found: LoggedModel[];
      try {
        found = await modelsOf(run);
      } catch (error) {
        if (isUnknownEndpoint(error)) return undefined;
        throw error;
      }
      const [first, ...surplus] = found;
      for (const { modelId } of surplus) {
        await caller.json('DELETE', `logged-models/${modelId}`, nothing, {});
      }
      if (first?.status === 'LOGGED_MODEL_READY') return first;
      const { experimentId, runId } = run.info;
      const json = {
        experiment_id: experimentId,
        name: path,
        source_run_id: runId,
        params: pairs(params),
        tags: pairs(tags),
        model_type: modelType,
      };
      const model =
        first ?? (await caller.json('POST', 'logged-models', oneModel, { json, idempotent: false })).model;
      await copyPackage(run, path, model);
      const output = { run_id: runId, models: [{ model_id: model.modelId, step: 0 }] };
      await caller.json('POST', 'runs/outputs', nothing, { json: output });
      return finalize(model);
    },
  };
}

/** A server without the endpoint answers with a page of its own, or says that it has no such endpoint. */
const isUnknownEndpoint = (error: unknown): boolean =>
  error instanceof TrackingError && error.status === 404 && error.errorCode !== 'RESOURCE_DOES_NOT_EXIST';
