/**
 * For CI: does the package that `npm pack` makes work where this checkout is not? Installed in an empty folder, with an empty npm
 * cache, its first `run` must set up what it needs, train on native TensorFlow and reach no host but the registry.
 *
 * `node setup/check-package.mjs [--cold]`: --cold fetches and builds TensorFlow's library too, which otherwise comes from
 * the user's cache.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quickstartProblems } from './check-quickstart.mjs';
import { cacheFolder, ROOT } from './paths.mjs';

const RECORDER = new URL('check-hosts.mjs', import.meta.url);
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const FOLDS = 12;

/** What the shell of a developer or of CI may hold and a consumer's must not. */
const OURS = /^(REDIS_URL|MLFLOW_|GRIDSEARCH_|XDG_CACHE_HOME$|npm_|NODE_OPTIONS$|NODE_PATH$)/i;

const hostsFile = (folder) => join(folder, 'hosts');

function environment(folder) {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return {
    ...Object.fromEntries(inherited),
    npm_config_cache: join(folder, 'npm-cache'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    NODE_OPTIONS: `--import=${RECORDER.href}?to=${encodeURIComponent(hostsFile(folder))}`,
  };
}

/** Runs a program, showing what it says; resolves with what it printed. */
function start(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.stderr += text;
    process.stderr.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${said.stdout}`));
    });
  });
}

/** TensorFlow's library as an earlier set-up of this user left it; npm's half is fetched anew. */
async function seedLibrary(cache) {
  await mkdir(cache, { recursive: true });
  const names = await readdir(cacheFolder()).catch(() => []);
  for (const name of names.filter((each) => each.startsWith('engine-tfjs-node-'))) {
    await cp(join(cacheFolder(), name), join(cache, name), { recursive: true, verbatimSymlinks: true });
  }
}

const hostOf = (address) => address && new URL(address).hostname;

/** The hosts that were reached though they are no registry. */
async function strangers(folder, env, registry) {
  const allowed = [...LOOPBACK, hostOf(registry.trim())];
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])
    allowed.push(hostOf(env[name]));
  const hosts = new Set((await readFile(hostsFile(folder), 'utf8')).trim().split('\n'));
  return [...hosts].filter((host) => !allowed.includes(host));
}

const JUNK = /\.(map|ts|tsbuildinfo)$|\.test\.|^setup\/check-/;

async function check(folder, { cold }) {
  const started = performance.now();
  const lap = (what) =>
    process.stderr.write(`package: ${what} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  const env = environment(folder);
  const consumer = join(folder, 'consumer');
  await mkdir(consumer);
  await start('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: ROOT, env });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  lap(`packed ${tarball}`);

  if (!cold) await seedLibrary(join(env.XDG_CACHE_HOME, 'gridsearch'));
  await start('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], { cwd: consumer, env });
  lap('installed');

  const inConsumer = { cwd: consumer, env };
  const gridsearch = (...args) => start('npx', ['--no-install', 'gridsearch', ...args], inConsumer);
  const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const installed = join(consumer, 'node_modules', name);
  const told = (await gridsearch('--version')).stdout.trim();
  const first = await gridsearch('run', join(installed, 'search-spaces', 'quickstart.yaml'), '--json');
  lap('first run');
  const second = await gridsearch('status');
  const doc = JSON.parse(first.stdout);
  const files = await readdir(installed, { recursive: true });
  const junk = files.filter(
    (file) => !file.startsWith('node_modules') && JUNK.test(file) && !file.endsWith('.d.mts'),
  );
  const registry = (await start('npm', ['config', 'get', 'registry'], inConsumer)).stdout;
  const foreign = await strangers(folder, env, registry);

  return [
    ...quickstartProblems(doc),
    told !== version && `--version says ${told}, not ${version}`,
    doc.engine !== 'tfjs-node' && `it trained on ${doc.engine}`,
    doc.folds.finished !== FOLDS && `${doc.folds.finished} of ${FOLDS} folds finished`,
    !/^First use here/m.test(first.stderr) && 'the first run did not say that it sets up',
    /own installer/.test(first.stderr) && "tfjs-node's own download was tried",
    second.stderr !== '' && `the second start said: ${second.stderr}`,
    junk.length > 0 && `files that nobody needs are in the package: ${junk.slice(0, 5).join(', ')}`,
    foreign.length > 0 && `hosts were reached that are no registry: ${foreign.join(', ')}`,
  ].filter(Boolean);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = await mkdtemp(join(tmpdir(), 'gs-package-'));
  try {
    const problems = await check(folder, { cold: process.argv.includes('--cold') });
    process.stderr.write(problems.map((problem) => `package: ${problem}\n`).join('') || 'package: works\n');
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
