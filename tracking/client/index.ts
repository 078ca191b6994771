/** A client of MLflow's REST API: everything the search, the workers and the commands say to a tracking server. */
import { ARTIFACT_ROOT, artifactCalls } from './artifacts.js';
import { createCaller } from './call.js';
import { experimentCalls } from './experiments.js';
import { loggedModelCalls } from './logged-models.js';
import { registryCalls } from './registry.js';
import { runCalls } from './runs.js';
import { fetchTransport, nodeTransport } from './transport.js';

export type { ArtifactOwner } from './artifacts.js';
export { ARTIFACT_ROOT } from './artifacts.js';
export { type BaselineScores, baselinesOf, baselinesTag } from './baselines.js';
export { BATCH_LIMITS, type RunData } from './batches.js';
export { isAlreadyThere, isNotFound, isTrouble, TrackingError } from './errors.js';
export { type DatasetInput, datasetInput } from './inputs.js';
export { besideOthers, endedByOthers, ownParams, untold } from './opened-by-others.js';
export { begunAt, type RunPage, type RunQuery } from './runs.js';
export type {
  ArtifactInfo,
  ExperimentInfo,
  LoggedModel,
  MetricPoint,
  ModelVersion,
  RegisteredModel,
  Run,
  RunInfo,
  RunStatus,
} from './schemas.js';
export { sourceTags } from './source-tags.js';
export { addWarning, filterText, ROLE, TAGS, tagIs, warningsOf } from './tags.js';

export interface Credentials {
  token?: string;
  username?: string;
  password?: string;
}

export interface TrackingClientOptions extends Credentials {
  /** `http://` or `https://` address of an MLflow server. */
  uri: string;
  /** Calls under way at once; more wait. @defaultValue 8 */
  concurrency?: number;
  /** Folder that artifact locations on the local disk must lie in. @defaultValue none are used */
  artifactRoot?: string;
  /** Used instead of `node:http`. */
  fetch?: typeof fetch;
  /** Ends every call, also those that wait. */
  signal?: AbortSignal;
}

/**
 * Creates a client. It holds connections open between calls and closes them by itself when they idle.
 *
 * @example
 * const tracking = createTrackingClient({ ...trackingFromEnv(), uri: 'http://127.0.0.1:5000' });
 * const experimentId = await tracking.getOrCreateExperiment('sentiment');
 */
export function createTrackingClient(options: TrackingClientOptions) {
  const { fetch, concurrency = 8, ...rest } = options;
  const { uri, credentials } = splitCredentials(options.uri);
  const transport = fetch ? fetchTransport(fetch) : nodeTransport(concurrency);
  const caller = createCaller({ ...credentials, ...rest, uri, concurrency, transport });
  const artifacts = artifactCalls(caller, uri, options.artifactRoot);
  return {
    /** The server's address. */
    uri,
    takesBatches: caller.takesBatches,
    ...experimentCalls(caller),
    ...runCalls(caller),
    ...artifacts,
    ...loggedModelCalls(caller, artifacts),
    ...registryCalls(caller),
  };
}

export type TrackingClient = ReturnType<typeof createTrackingClient>;

/** Name and password may stand in the address, as MLflow's clients allow; from there they must not reach messages. */
function splitCredentials(uri: string): { uri: string; credentials: Credentials } {
  const url = new URL(uri);
  if (url.username === '') return { uri, credentials: {} };
  const credentials = {
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  url.username = '';
  url.password = '';
  return { uri: url.href.replace(/\/$/, ''), credentials };
}

/** Where MLflow's own clients look for their server and their credentials. */
export function trackingFromEnv(env: NodeJS.ProcessEnv = process.env): Partial<TrackingClientOptions> {
  const {
    MLFLOW_TRACKING_URI: uri,
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: username,
    MLFLOW_TRACKING_PASSWORD: password,
    [ARTIFACT_ROOT]: artifactRoot,
  } = env;
  return {
    ...(uri ? { uri } : {}),
    ...(token ? { token } : {}),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(artifactRoot ? { artifactRoot } : {}),
  };
}
