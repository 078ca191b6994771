/**
 * `test` with what tests stand on, opened for a test that asks for it and closed after it. What can't be closed well fails
 * the test: a process that is left, one that doesn't stop when told to, a step of a search that broke unseen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as plain } from 'vitest';
import { type Sandbox, sandbox } from './cli.js';
import { type Installation, openInstallation } from './installation.js';
import { embeddedServer, type TrackingFixture } from './tracking.js';

interface Fixtures {
  /** A temporary folder. */
  folder: string;
  /** The command line on a data directory of its own. */
  box: Sandbox;
  /** Makes further such ones, with variables of their own in the environment. */
  boxWith(env: Record<string, string>): Sandbox;
  /** Redis, tracking, orchestrators and workers in this process. */
  installation: Installation;
  /** The embedded tracking server with a client. */
  tracking: TrackingFixture;
}

export const test = plain.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'gs-folder-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  box: ({ boxWith }, use) => use(boxWith({})),
  // biome-ignore lint/correctness/noEmptyPattern: as above
  boxWith: async ({}, use) => {
    const made: Sandbox[] = [];
    await use((env) => {
      const box = sandbox(env);
      made.push(box);
      return box;
    });
    for (const box of made) await box.dispose();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  installation: async ({}, use) => {
    const installation = await openInstallation();
    await use(installation);
    await installation.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  tracking: async ({}, use) => {
    const server = await embeddedServer();
    await use(server);
    await server.close();
  },
});
