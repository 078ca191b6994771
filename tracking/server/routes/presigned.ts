/** URLs for reading and writing artifacts past the server. Nothing lies outside it here, and MLflow's words say so. */
import { z } from 'zod';
import { invalid } from '../errors.js';
import { int64, optional, required, text } from '../requests.js';
import { schemeOf } from '../security/artifact-location.js';
import { safeParts } from '../security/paths.js';
import { route } from './route.js';

const LONGEST_SECONDS = 604_800;

const refuse = (what: string, artifactUri: string) =>
  invalid(
    `Presigned ${what} artifact storage (artifact URI scheme: ${schemeOf(artifactUri) ?? 'none'}). Use the artifacts' own endpoints.`,
  );

export const presignedRoutes = [
  route(
    'POST',
    'mlflow/artifacts/presigned-upload-url',
    z.object({
      run_id: optional(text),
      model_id: optional(text),
      path: required,
      expiration: optional(int64),
    }),
    (store, { run_id: runId, model_id: modelId, path }) => {
      if (!runId === !modelId) throw invalid('Exactly one of run_id and model_id must be provided.');
      safeParts(path);
      const { artifactUri } = runId ? store.runs.info(runId) : store.loggedModels.get(modelId as string);
      throw refuse('upload is not supported for proxied', artifactUri);
    },
  ),
  route(
    'POST',
    'mlflow/artifacts/presigned-download-url',
    z.object({ run_id: required, path: required, expiration: optional(int64) }),
    (store, { run_id: runId, path, expiration = 1 }) => {
      safeParts(path);
      if (expiration < 1 || expiration > LONGEST_SECONDS) {
        throw invalid(`expiration must be between 1 and ${LONGEST_SECONDS} seconds (got ${expiration}).`);
      }
      throw refuse('download is not supported for runs with proxied', store.runs.info(runId).artifactUri);
    },
  ),
];
