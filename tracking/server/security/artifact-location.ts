/** Where artifacts may lie: what a client may give as an experiment's location or a model version's source. */
import { invalid } from '../errors.js';
import { fullyDecoded } from './decode.js';

/** Schemes whose URI names the host to connect to; the others name a bucket or container of a fixed service. */
const HOST_SCHEMES = new Set([
  'ftp',
  'sftp',
  'hdfs',
  'viewfs',
  'http',
  'https',
  'mlflow-artifacts',
  'r2',
  'b2',
  'abfss',
]);

/** Where MLflow's clients find artifacts by themselves, beside this server's own: each names a bucket or container. */
const STORES = new Set(['s3', 'gs', 'wasbs', 'dbfs', 'oss']);
const OWN = new Set(['file', 'mlflow-artifacts', 'runs', 'models']);

/** The scheme, lower case; a single letter is a Windows drive. */
export const schemeOf = (uri: string): string | undefined =>
  /^([a-zA-Z][a-zA-Z0-9+.-]+):/.exec(uri)?.[1]?.toLowerCase();

/**
 * Refuses a URI that names a host: whoever reads the artifacts later, with rights of their own, would connect to a
 * host that somebody else chose. `mlflow-artifacts:/path` names none, it is this server.
 */
export function refuseForeignHost(uri: string, field: 'artifact_location' | 'source'): void {
  const scheme = schemeOf(uri);
  if (scheme === undefined) return;
  if (!HOST_SCHEMES.has(scheme)) {
    refuseUnknownScheme(scheme, field);
    return;
  }
  if (scheme === 'mlflow-artifacts' && !/^[^:]*:\/\/[^/]/.test(uri)) return;
  throw invalid(
    `'${field}' cannot use the '${scheme}' scheme: the '${scheme}' scheme addresses a host other than the tracking server's configured artifact storage, so the server would connect to the host named in the URI.`,
  );
}

/** A page may make a link of what stands here (`javascript:`), and a library may read more out of it than it seems to say. */
function refuseUnknownScheme(scheme: string, field: string): void {
  if (STORES.has(scheme) || OWN.has(scheme)) return;
  const known = [...STORES].map((one) => `${one}://`).join(', ');
  throw invalid(
    `'${field}' cannot use the '${scheme}' scheme: no artifacts can be fetched by it. Use ${known} or mlflow-artifacts:/.`,
  );
}

/**
 * This server reads and writes its own artifact folder only. A location elsewhere (`s3://…`) is only remembered,
 * for clients to use themselves; a local path would let a client make the server's machine its disk.
 */
export function checkArtifactLocation(location: string): void {
  const scheme = schemeOf(location);
  if (scheme === undefined || scheme === 'file') {
    throw invalid(
      `Invalid artifact location '${location}': a local path is not accepted. Leave it out to use the server's artifact folder.`,
    );
  }
  refuseForeignHost(location, 'artifact_location');
  const decoded = fullyDecoded(location);
  if (
    scheme === 'runs' ||
    scheme === 'models' ||
    /[?#\0\\]/.test(decoded) ||
    decoded.split('/').includes('..')
  ) {
    throw invalid(`Invalid artifact location: '${location}'`);
  }
}
