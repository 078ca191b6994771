/** Compiles dist/ once before all tests: integration tests start the real command-line program and workers from there. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function buildDist(): void {
  const setup = fileURLToPath(new URL('../setup/setup.mjs', import.meta.url));
  // A type error is printed but stops no test: while someone edits one folder, the tests of another stay runnable.
  // `npm test` compiles strictly before it gets here.
  spawnSync(process.execPath, [setup, '--only', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
