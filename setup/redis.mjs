/** A Redis for BullMQ: the one REDIS_URL names, else a server program that `gridsearch` can start for itself. */
import net from 'node:net';
import tls from 'node:tls';
import { ALSO_IN, SERVERS } from './redis-programs.mjs';
import { findProgram, run, SetupError } from './run.mjs';
import { installPackages, runAsRoot, systemPackages } from './system-packages.mjs';

/** BullMQ refuses servers below 5.0 and recommends 6.2. */
const OLDEST = [5, 0];
const RECOMMENDED = [6, 2];
const older = (version, than) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < than[0] || (major === than[0] && minor < than[1]);
};

const note = (version) =>
  older(version, RECOMMENDED) ? ` (works; ${RECOMMENDED.join('.')} or newer is recommended)` : '';

/** `redis://user:secret@host:port/0` without what mustn't be printed. */
const printable = (url) => `${url.protocol}//${url.hostname}:${url.port || 6379}`;

const command = (...words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/**
 * Asks a Redis for its version over a plain socket, so that this works before any dependency is installed.
 * @returns {Promise<string>} the version, or '' when the server doesn't tell
 */
export function pingRedis(text, { seconds = 5 } = {}) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return Promise.reject(
      new SetupError('REDIS_URL is no URL; it looks like redis://user:password@host:6379/0'),
    );
  }
  if (!['redis:', 'rediss:'].includes(url.protocol)) {
    return Promise.reject(
      new SetupError(`REDIS_URL starts with ${url.protocol}// but must start with redis:// or rediss://`),
    );
  }
  return new Promise((resolve, reject) => {
    const port = Number(url.port || 6379);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket =
      url.protocol === 'rediss:'
        ? tls.connect({ host, port, servername: net.isIP(host) ? undefined : host })
        : net.connect({ host, port });
    const fail = (reason) => {
      socket.destroy();
      reject(new SetupError(`REDIS_URL is set, but ${printable(url)} ${reason}`));
    };
    socket.setTimeout(seconds * 1000, () => fail(`did not answer in ${seconds} s`));
    socket.on('error', (error) => fail(`can't be reached: ${error.code ?? error.message}`));
    socket.on('close', () => fail('closed the connection without an answer'));
    socket.on(url.protocol === 'rediss:' ? 'secureConnect' : 'connect', () => {
      const user = decodeURIComponent(url.username);
      const password = decodeURIComponent(url.password);
      if (password) socket.write(user ? command('AUTH', user, password) : command('AUTH', password));
      socket.write(command('PING') + command('INFO', 'server'));
    });
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      answer += chunk;
      const refusal = /^-(NOAUTH|WRONGPASS|ERR invalid password|NOPERM[^\r]*ping|LOADING)[^\r]*/im.exec(
        answer,
      );
      if (refusal) fail(`refuses: ${refusal[0].slice(1)}`);
      else if (/^\+PONG\r\n(-|\$-1|\$\d+\r\n[\s\S]*redis_version:[^\r]+\r\n)/m.test(answer)) {
        socket.removeAllListeners('close');
        socket.end();
        resolve(/redis_version:([^\r]+)/.exec(answer)?.[1] ?? '');
      }
    });
  });
}

/**
 * The server program on this machine: its path and version.
 * @returns {Promise<{path: string, name: string, version: string} | undefined>}
 */
export async function findRedisServer(env = process.env, alsoIn = ALSO_IN) {
  for (const name of SERVERS) {
    const path = findProgram(name, env, alsoIn);
    if (!path) continue;
    const version = /v=([\d.]+)/.exec(await run(path, ['--version'], { seconds: 10 }))?.[1] ?? '0';
    if (!older(version, OLDEST)) return { path, name, version };
  }
  return undefined;
}

/**
 * Debian's and Ubuntu's `redis-server` package enables and starts a system service, which nobody asked for. The program itself
 * is in `redis-tools` already: `redis-server` is a link to `redis-check-rdb` that looks at the name it was called by.
 * So this installs the tools and adds the link.
 */
async function installFromApt(packages, env) {
  await installPackages(packages, ['redis-tools'], env);
  const program = findProgram('redis-check-rdb', env, ALSO_IN);
  const version = program
    ? await run(program, ['--version'], { argv0: 'redis-server', seconds: 10 }).catch(() => '')
    : '';
  if (/v=\d/.test(version)) {
    await runAsRoot(packages, 'ln', ['-sf', program, '/usr/local/bin/redis-server']);
  } else {
    await installPackages(packages, ['redis-server'], env);
  }
}

async function installRedis(packages, env) {
  if (packages.name === 'apt-get') return installFromApt(packages, env);
  // None of these starts a service by itself. Newer distributions carry Valkey only.
  const [first, ...others] =
    packages.name === 'brew'
      ? ['redis']
      : packages.name === 'dnf'
        ? ['valkey', 'redis']
        : ['redis', 'valkey'];
  let attempt = installPackages(packages, [first], env);
  for (const name of others) attempt = attempt.catch(() => installPackages(packages, [name], env));
  return attempt;
}

/** The three ways to a Redis, for a machine where none is open to us. */
export const threeWays = (reason) =>
  [
    `Redis is needed (it holds the queue) and isn't here; it can't be installed for you: ${reason}.`,
    'Any one of these helps, then run this again:',
    '  1. point REDIS_URL at a Redis you have:   export REDIS_URL=redis://host:6379',
    '  2. install redis-server or valkey-server: sudo apt-get install redis-server   (or dnf, apk, brew)',
    '  3. run one in a container:                docker run -d -p 127.0.0.1:6379:6379 redis:7 && export REDIS_URL=redis://127.0.0.1:6379',
  ].join('\n');

export async function redisStep({ env, check, say }) {
  if (env.REDIS_URL) {
    const version = await pingRedis(env.REDIS_URL);
    if (version && older(version, OLDEST)) {
      throw new SetupError(
        `REDIS_URL names a Redis ${version}; BullMQ needs ${OLDEST.join('.')} or newer, ${RECOMMENDED.join('.')} is better`,
      );
    }
    return {
      state: 'ready',
      detail: `${printable(new URL(env.REDIS_URL))} answers (REDIS_URL), version ${version || 'unknown'}${version && note(version)}`,
    };
  }
  const describe = ({ path, version }) => `${path}, version ${version}${note(version)}`;
  const found = await findRedisServer(env);
  if (found) return { state: 'ready', detail: describe(found) };

  const packages = await systemPackages(env);
  if (check) {
    const remedy = packages.reason
      ? `can't be installed: ${packages.reason}`
      : `${packages.name} can install it`;
    return { state: 'missing', detail: `no redis-server or valkey-server; ${remedy}` };
  }
  if (packages.reason) throw new SetupError(threeWays(packages.reason));
  say(
    `no redis-server here and no REDIS_URL; installing it with ${packages.name} (the program only, no service)`,
  );
  try {
    await installRedis(packages, env);
  } catch (error) {
    throw new SetupError(threeWays(error.message));
  }
  const installed = await findRedisServer(env);
  if (!installed) throw new SetupError(threeWays(`${packages.name} ran but there is still no redis-server`));
  return { state: 'done', detail: `installed ${describe(installed)}` };
}
