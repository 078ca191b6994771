/** Tracking servers on folders of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTrackingClient, type TrackingClient } from '../../tracking/client/index.js';
import { startRealServer } from '../../tracking/proof/real-server.js';
import { startTrackingServer } from '../../tracking/server/index.js';

export interface TrackingFixture {
  readonly uri: string;
  /** Where it keeps everything. */
  readonly folder: string;
  readonly client: TrackingClient;
  close(): Promise<void>;
}

/** The embedded server, in this process. */
export const embeddedServer = (): Promise<TrackingFixture> =>
  served((dataDir) => startTrackingServer({ dataDir }));

/** MLflow's own server, in a process of its own. */
export const realServer = (mlflow: string): Promise<TrackingFixture> =>
  served((folder) => startRealServer(mlflow, folder));

async function served(
  start: (folder: string) => Promise<{ uri: string; close(): Promise<void> }>,
): Promise<TrackingFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'gs-tracking-'));
  const server = await start(folder);
  return {
    uri: server.uri,
    folder,
    client: createTrackingClient({ uri: server.uri }),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
