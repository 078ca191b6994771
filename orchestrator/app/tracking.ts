/** The tracking server that commands talk to: the one that the environment names, or the embedded one. */

import { missingCredential } from '../../http/index.js';
import { createTrackingClient, type TrackingClient, trackingFromEnv } from '../../tracking/client/index.js';
import type { Front } from '../../tracking/server/index.js';
import { startTrackingThread } from '../../tracking/server/thread.js';
import { listenTrouble, trackingUri } from './addresses.js';
import { InputError } from './errors.js';

export interface Tracking {
  readonly client: TrackingClient;
  readonly uri: string;
  /** Whether this process serves it. */
  readonly embedded: boolean;
  /** Whether the embedded server asks for a token or a password. */
  readonly guarded: boolean;
  close(): Promise<void>;
}

/** Where the embedded server listens, and under which further names. */
export interface ServerPlace {
  readonly host?: string;
  readonly port?: number;
  readonly allowedHosts?: readonly string[];
  /** @defaultValue in a thread; what runs from TypeScript sources can start none. */
  readonly start?: typeof startTrackingThread;
  /** Pages for people at the embedded server's address. @defaultValue none */
  readonly front?: Front;
}

/** The server that `MLFLOW_TRACKING_URI` names, or the embedded one on the data directory, for as long as needed. The latter
 * asks for the token, or the name and password, that MLflow's variables hold: whoever shares them gets in.
 */
export async function openTracking(
  home: string,
  { host = '127.0.0.1', port, allowedHosts = [], start = startTrackingThread, front }: ServerPlace = {},
): Promise<Tracking> {
  const configured = trackingUri(process.env);
  if (configured) {
    const client = createTrackingClient({ ...trackingFromEnv(process.env), uri: configured });
    return { client, uri: client.uri, embedded: false, guarded: false, close: async () => undefined };
  }
  refuseHalfALogin(process.env);
  const { uri: _, ...auth } = trackingFromEnv(process.env);
  const server = await start({
    dataDir: home,
    host,
    port: port ?? 0,
    allowedHosts: [...allowedHosts],
    auth,
    ...(front && { front }),
  }).catch((error: unknown) => {
    throw listenTrouble(error, host, port ?? 0);
  });
  const client = createTrackingClient({ ...auth, uri: server.uri });
  const guarded = Boolean(auth.token || (auth.username && auth.password));
  return { client, uri: server.uri, embedded: true, guarded, close: () => server.close() };
}

/** Half a login is none, and the server would be open to everybody without a word. */
function refuseHalfALogin({
  MLFLOW_TRACKING_TOKEN: token,
  MLFLOW_TRACKING_USERNAME: username,
  MLFLOW_TRACKING_PASSWORD: password,
}: NodeJS.ProcessEnv): void {
  const given = { token, username, password };
  const missing = missingCredential(given);
  if (!missing) return;
  throw new InputError(
    `MLFLOW_TRACKING_${missing.toUpperCase()} is ${given[missing] === undefined ? 'not set' : 'empty'}; ` +
      (missing === 'token'
        ? 'give it a value, or unset it'
        : 'a login needs MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD: set both, or unset both'),
  );
}
