import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTrackingServer } from '../../tracking/server/index.js';
import { trackingContract } from './tracking-contract.js';

trackingContract('embedded server', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tracking-'));
  const server = await startTrackingServer({ dataDir });
  return {
    uri: server.uri,
    close: async () => {
      await server.close();
      await rm(dataDir, { recursive: true });
    },
  };
});
