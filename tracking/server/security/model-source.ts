/** Where a model version may point to: only at artifacts of the run or logged model that it names. */
import { ApiError, invalid } from '../errors.js';
import type { Store } from '../store/contract.js';
import { refuseForeignHost, schemeOf } from './artifact-location.js';
import { fullyDecoded } from './decode.js';

interface Origin {
  source: string;
  storageLocation: string;
  runId?: string;
  modelId?: string;
}

const refuse = (source: string, why: string) => invalid(`Invalid model version source: '${source}'. ${why}`);

/**
 * Checks a source and finds where its files are.
 *
 * A registered model is read by others, with their rights and, on the server, with the server's. So a source is
 * never a free choice of path: `runs:/` and `models:/` and `mlflow-artifacts:` lead to the run or logged model
 * named beside it, a local path or a URI that names a host is refused, and no form of it climbs (`..`, encoded,
 * backslash, NUL).
 */
export function resolveSource(
  store: Store,
  source: string,
  runId: string | undefined,
  modelId: string | undefined,
): Origin {
  const decoded = fullyDecoded(source);
  const scheme = schemeOf(decoded);
  refuseForeignHost(decoded, 'source');
  if (/[\0\\]/.test(decoded) || decoded.split('/').some((part) => part === '..' || part === '.')) {
    throw refuse(
      source,
      'If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.',
    );
  }
  const given = { ...(runId ? { runId } : {}), ...(modelId ? { modelId } : {}) };

  if (scheme === 'models') {
    const modelUri = /^models:\/(m-[^/]+)(\/.*)?$/.exec(source);
    if (modelUri) {
      if (modelId && modelId !== modelUri[1]) throw refuse(source, mustContain('model_id'));
      const model = store.loggedModels.get(modelUri[1] as string);
      const run = runId ?? model.sourceRunId ?? undefined;
      return {
        source,
        storageLocation: `${model.artifactUri}${modelUri[2] ?? ''}`,
        ...(run ? { runId: run } : {}),
        modelId: model.modelId,
      };
    }
    return copyOfVersion(store, source, given);
  }
  if (scheme === 'runs') {
    const runUri = /^runs:\/([^/]+)\/?(.*)$/.exec(source);
    if (!runUri || !runId || runUri[1] !== runId) throw refuse(source, mustContain('run_id'));
    const artifactUri = artifactsOf(store, runId);
    // A registry may stand apart from its runs; who reads such a version looks the run up where it is.
    return {
      source,
      storageLocation: artifactUri === undefined ? source : `${artifactUri}/${runUri[2] ?? ''}`,
      ...given,
    };
  }
  if (scheme === 'mlflow-artifacts') {
    const within = [
      ...(runId ? [store.runs.info(runId).artifactUri] : []),
      ...(modelId ? [store.loggedModels.get(modelId).artifactUri] : []),
    ].some((root) => isWithin(source, root));
    if (!within) throw refuse(source, mustContain(modelId ? 'model_id' : 'run_id'));
    return { source, storageLocation: source, ...given };
  }
  if (scheme === undefined || scheme === 'file') {
    throw refuse(
      source.replace(/^file:(\/\/)?/, ''),
      `To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    );
  }
  return { source, storageLocation: source, ...given };
}

/** Where the run's artifacts are; undefined for a run that is not there. */
function artifactsOf(store: Store, runId: string): string | undefined {
  try {
    return store.runs.info(runId).artifactUri;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}

const mustContain = (what: string) =>
  `The ${what} request parameter must identify the resource that contains the source.`;

/** `models:/name/3` or `models:/name@alias`: a copy of that version, with its lineage. */
function copyOfVersion(store: Store, source: string, given: { runId?: string; modelId?: string }): Origin {
  const byVersion = /^models:\/([^/@]+)\/(\d+)$/.exec(source);
  const byAlias = /^models:\/([^/@]+)@([\w-]+)$/.exec(source);
  if (!byVersion && !byAlias)
    throw refuse(source, 'Registered model sources are models:/name/version or models:/name@alias.');
  const version = byVersion
    ? store.registry.getVersion(byVersion[1] as string, byVersion[2] as string)
    : store.registry.getVersionByAlias(byAlias?.[1] as string, byAlias?.[2] as string);
  if (
    (given.runId ?? version.runId) !== version.runId ||
    (given.modelId ?? version.modelId) !== version.modelId
  ) {
    throw refuse(
      source,
      'The run_id and model_id request parameters must match the referenced model version.',
    );
  }
  return {
    source: `models:/${version.name}/${version.version}`,
    storageLocation: store.registry.downloadUri(version.name, String(version.version)),
    ...(version.runId ? { runId: version.runId } : {}),
    ...(version.modelId ? { modelId: version.modelId } : {}),
  };
}

/** `mlflow-artifacts:/1/…` and `mlflow-artifacts:///1/…` name the same place on this server. */
const path = (uri: string): string =>
  uri
    .replace(/^mlflow-artifacts:(\/\/[^/]*)?/, '')
    .replace(/\/+/g, '/')
    .replace(/\/$/, '');

const isWithin = (uri: string, root: string): boolean =>
  path(uri) === path(root) || path(uri).startsWith(`${path(root)}/`);
