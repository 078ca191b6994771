/** The embedded tracking server: MLflow's REST API over one SQLite file and one artifact folder. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app.js';
import { artifactFolder } from './artifacts/folder.js';
import { ARTIFACT_ROOT } from './artifacts/uri.js';
import { openStore } from './store/open.js';

export { createApp } from './app.js';
export type { Store } from './store/contract.js';
export { openStore } from './store/open.js';

export interface TrackingServerOptions {
  /** Holds `tracking.db` and `artifacts/`; created when it is not there. Several servers may share it. */
  dataDir: string;
  /** @defaultValue '127.0.0.1': only this machine. */
  host?: string;
  /** @defaultValue 0: any free port. */
  port?: number;
  auth?: { token?: string; username?: string; password?: string };
  /** Names, beside loopback and `host`, that requests may use for this server. */
  allowedHosts?: string[];
  /** Largest JSON body. @defaultValue 32 MiB */
  maxBodyBytes?: number;
  /** Largest artifact. @defaultValue 20 GiB */
  maxArtifactBytes?: number;
}

export interface TrackingServer {
  /** Where clients reach it, for `MLFLOW_TRACKING_URI`. */
  uri: string;
  /** Answers what is under way, then stops. */
  close(): Promise<void>;
}

/** Starts the server; when the promise resolves it answers. */
export async function startTrackingServer(options: TrackingServerOptions): Promise<TrackingServer> {
  const { dataDir, host = '127.0.0.1', port = 0, auth, allowedHosts = [], maxBodyBytes } = options;
  const artifacts = join(dataDir, 'artifacts');
  mkdirSync(artifacts, { recursive: true });
  const store = openStore({ path: join(dataDir, 'tracking.db'), artifactRoot: ARTIFACT_ROOT });
  const app = createApp(store, artifactFolder(artifacts, options.maxArtifactBytes ?? 20 * 1024 ** 3), {
    ...(auth ? { auth } : {}),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    allowedHosts: isWildcard(host) ? allowedHosts : [...allowedHosts, urlHost(host)],
  });
  const server = createServer(getRequestListener(app.fetch));
  // Clients keep connections open between calls; closing an idle one too early races with their next call.
  server.keepAliveTimeout = 65_000;
  try {
    await listen(server, port, host);
  } catch (error) {
    store.close();
    throw error;
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    uri: `http://${isWildcard(host) ? '127.0.0.1' : urlHost(host)}:${actual}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
      store.close();
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';
const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
