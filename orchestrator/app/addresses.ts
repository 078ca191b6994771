/** Addresses that the environment and options name, checked before anything is opened. */
import { withoutSecrets } from '../../addresses/index.js';
import { REDIS_URL } from '../../queue/index.js';
import { InputError } from './errors.js';

/**
 * `REDIS_URL`; undefined when it is not set.
 *
 * @throws InputError when nothing can be reached at it
 */
export function redisUrl(env: NodeJS.ProcessEnv): string | undefined {
  const configured = env[REDIS_URL];
  if (!configured) return undefined;
  const refuse = (what: string): InputError =>
    new InputError(
      `${REDIS_URL} is ${shown(configured)}; ${what}, as in redis://localhost:6379 or unix:///run/redis.sock`,
    );
  if (!/^(rediss?|unix):\/\//.test(configured))
    throw refuse('it must start with redis://, rediss:// or unix://');
  const url = parsed(configured);
  if (configured.startsWith('unix:')) {
    if (url === undefined || configured.length <= 'unix://'.length) throw refuse('it must name a socket');
    return configured;
  }
  if (!url?.hostname) throw refuse('it must have a host, and a port up to 65535');
  if (!/^\/?\d*$/.test(url.pathname))
    throw refuse('after the host there is room for the number of a database only');
  return configured;
}

/**
 * `MLFLOW_TRACKING_URI`; undefined when it is not set.
 *
 * @throws InputError when nothing can be reached at it
 */
export function trackingUri(env: NodeJS.ProcessEnv): string | undefined {
  const configured = env.MLFLOW_TRACKING_URI;
  if (!configured) return undefined;
  // MLflow takes files and databases for the same variable, and `mlflow run` sets it to them when nobody named a server.
  const remedy = /^https?:/.test(configured)
    ? ''
    : '; start `mlflow server` or `gridsearch up`, and set MLFLOW_TRACKING_URI to its address';
  return serverAddress('MLFLOW_TRACKING_URI', configured, remedy);
}

/**
 * The address of an MLflow server.
 *
 * @param name - Of the variable or option that gave it.
 * @param remedy - Said at the end of the error.
 * @throws InputError when nothing can be reached at it
 */
export function serverAddress(name: string, given: string, remedy = ''): string {
  if (/^https?:\/\//.test(given) && parsed(given)) return given;
  throw new InputError(
    `${name} is ${shown(given)}; it must be the http:// or https:// address of an MLflow server, as in http://localhost:5000${remedy}`,
  );
}

/** @throws InputError when one of the two can't be an address; before a search space is read, let alone a server started. */
export function checkAddresses(env: NodeJS.ProcessEnv = process.env): void {
  redisUrl(env);
  trackingUri(env);
}

/** The address taken apart, when its user and password can be read too. */
function parsed(address: string): URL | undefined {
  try {
    const url = new URL(address);
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
    return url;
  } catch {
    return undefined;
  }
}

/** What stands before an @ may be a password. */
const shown = (address: string): string =>
  withoutSecrets(address.includes('://') ? address : address.replace(/^.*@/s, '***@'));

/** Why a server can't listen where it was told to, when that is the asker's doing; else the error as it is. */
export function listenTrouble(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new InputError(
        `port ${port} of ${host} is taken; choose another with --port, or 0 for any free one`,
      );
    case 'EACCES':
      return new InputError(
        `port ${port} of ${host} is not for everybody; choose one above 1023 with --port`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return new InputError(
        `--host is ${host}, no address of this machine; give 127.0.0.1 for this machine alone, 0.0.0.0 for all its addresses, or one of them`,
      );
    default:
      return error;
  }
}
