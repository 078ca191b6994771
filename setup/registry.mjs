/**
 * Packages' archives by pip and npm themselves, so that the user's own index, proxy, certificates and credentials count. No code of
 * a package runs: a wheel is a zip file and npm's archive a tar file.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { npmEnvironment } from './npm-environment.mjs';
import { findProgram, run } from './run.mjs';

/** pip gives up on a silent host after this, twice; a slow one may take as long as it likes up to the limit. */
const PIP_TIMEOUT = ['--timeout', '15', '--retries', '1'];
const NPM_TIMEOUT = ['--fetch-timeout=60000', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
const DOWNLOAD_SECONDS = 900;

/** A Python that has pip, or undefined. */
export async function findPip(env = process.env) {
  const python = findProgram('python3', env);
  if (!python) return undefined;
  return run(python, ['-m', 'pip', '--version'], { seconds: 20, env }).then(
    () => python,
    () => undefined,
  );
}

/**
 * A wheel in `folder`, its digest checked by pip.
 * @param {object} wheel
 * @param {string[]} [wheel.options] of `pip download`, for a wheel that is not for this Python
 * @returns {Promise<string>} its path
 */
export async function downloadWheel({ name, version, sha256, folder, options = [], env = process.env }) {
  const python = await findPip(env);
  if (!python) throw new Error('there is no python3 with pip on the PATH');
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  await run(
    python,
    ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--requirement', requirements]
      .concat(['--only-binary=:all:', ...options])
      .concat(['--dest', folder, '--no-cache-dir', '--no-input'])
      .concat(['--disable-pip-version-check', ...PIP_TIMEOUT]),
    // pip unpacks nothing here, but its temporary files belong on the file system whose space was checked.
    { seconds: DOWNLOAD_SECONDS, env: { ...env, TMPDIR: folder } },
  );
  return found(folder, '.whl', 'pip');
}

/**
 * A package's archive by `npm pack` in `folder`; whoever pins a digest checks it.
 * @returns {Promise<string>} its path
 */
export async function downloadTgz({ name, version, folder, env = process.env }) {
  const npm = findProgram('npm', env, [dirname(process.execPath)]);
  if (!npm) throw new Error('there is no npm on the PATH');
  await run(
    npm,
    ['pack', `${name}@${version}`, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error']
      // Kept once, by whoever asked for it, and not a second time in npm's cache.
      .concat([`--cache=${join(folder, '.npm')}`, '--dry-run=false', ...NPM_TIMEOUT]),
    { cwd: folder, seconds: DOWNLOAD_SECONDS, env: npmEnvironment(env, folder) },
  );
  return found(folder, '.tgz', 'npm');
}

async function found(folder, ending, program) {
  const name = (await readdir(folder)).find((entry) => entry.endsWith(ending));
  if (!name) throw new Error(`${program} ended well but left no ${ending} file`);
  return join(folder, name);
}
