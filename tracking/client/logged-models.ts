/** MLflow 3's logged models: a model package as a thing of its own, linked to the run that made it. */
import { z } from 'zod';
import type { artifactCalls } from './artifacts.js';
import type { Caller } from './call.js';
import { isUnknownEndpoint } from './errors.js';
import { type LoggedModel, listOf, loggedModel, nothing, type Run } from './schemas.js';

type Values = Readonly<Record<string, string>>;
const pairs = (values: Values = {}) => Object.entries(values).map(([key, value]) => ({ key, value }));
const oneModel = z.object({ model: loggedModel });

export function loggedModelCalls(
  caller: Caller,
  {
    copyFolder,
    downloadArtifact,
    listArtifacts,
    uploadArtifact,
  }: Pick<
    ReturnType<typeof artifactCalls>,
    'copyFolder' | 'downloadArtifact' | 'listArtifacts' | 'uploadArtifact'
  >,
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
    const model = { info: { artifactUri } };
    await copyFolder(run, path, model);
    const file = `${path}/MLmodel`;
    // A package of somebody else's may lack it.
    if (!(await listArtifacts(run, path)).some((entry) => entry.path === file)) return;
    const text = String(await downloadArtifact(run, file));
    if (/^model_id:/m.test(text)) return;
    await uploadArtifact(model, 'MLmodel', Buffer.from(`${text.trimEnd()}\nmodel_id: ${modelId}\n`));
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
