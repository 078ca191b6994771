/** Installs the npm packages of a fresh clone; where they are already, it does nothing. The entry points of `MLproject` call it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';

// npm writes it when all is there.
if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) {
  process.stderr.write('setup  npm ci, once; takes a minute\n');
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: ROOT, seconds: 1800 });
  } catch (error) {
    process.stderr.write(`setup: ${error.message}\n`);
    process.exitCode = 1;
  }
}
