/** The embedded tracking server: MLflow's REST API over one SQLite file and one artifact folder. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Credentials, listen } from '../../http/index.js';
import { createApp } from './app.js';
import { artifactFolder } from './artifacts/folder.js';
import { sweep } from './artifacts/temporary.js';
import { ARTIFACT_ROOT } from './artifacts/uri.js';
import { type Front, mountFront } from './front.js';
import { openStore } from './store/open.js';

export { createApp } from './app.js';
export { sizeOf } from './artifacts/size.js';
export type { Front, OpenFront } from './front.js';
export { collectGarbage, type Garbage } from './garbage.js';
export type { Store } from './store/contract.js';
export { openStore } from './store/open.js';

export interface TrackingServerOptions {
  /** Holds `tracking.db` and `artifacts/`; created when it is not there. Several servers may share it. */
  dataDir: string;
  /** @defaultValue '127.0.0.1': only this machine. */
  host?: string;
  /** @defaultValue 0: any free port. */
  port?: number;
  /** Without any, everybody who reaches the server may use it. */
  auth?: Credentials;
  /** Names, beside loopback, this machine's addresses and `host`, that requests may use for this server. */
  allowedHosts?: string[];
  /** Largest JSON body. @defaultValue 32 MiB */
  maxBodyBytes?: number;
  /** Largest artifact. @defaultValue 20 GiB */
  maxArtifactBytes?: number;
  /** Pages for people at the same address. @defaultValue none */
  front?: Front;
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
  mkdirSync(artifacts, { recursive: true, mode: 0o700 });
  closeToOthers(dataDir);
  await sweep(artifacts);
  const store = openStore({ path: join(dataDir, 'tracking.db'), artifactRoot: ARTIFACT_ROOT });
  let uri = '';
  let app: ReturnType<typeof createApp> | undefined;
  const front = options.front && mountFront(options.front, auth ?? {}, () => ({ uri, app: app! }));
  try {
    app = createApp(store, artifactFolder(artifacts, options.maxArtifactBytes ?? 20 * 1024 ** 3), {
      ...(auth ? { auth } : {}),
      ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
      allowedHosts: [...allowedHosts, host],
      ...(front && { front }),
    });
    const server = await listen(app, { host, port });
    uri = server.uri;
    return {
      uri,
      close: async () => {
        await front?.close();
        await server.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * The folder for its owner's eyes only, also where it was there already. One that everybody may write to (`/tmp`), or of
 * another owner, stays as it is.
 */
function closeToOthers(folder: string): void {
  const { uid, mode } = statSync(folder);
  const isShared = (mode & 0o1000) !== 0;
  if (isShared || (mode & 0o077) === 0 || uid !== process.getuid?.()) return;
  chmodSync(folder, 0o700);
}
