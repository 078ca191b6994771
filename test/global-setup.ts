/** Compiles dist/ once before all tests: integration tests start the real command-line program and workers from there. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function buildDist(): void {
  const setup = fileURLToPath(new URL('../setup/setup.mjs', import.meta.url));
  execFileSync(process.execPath, [setup, '--only', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
