/**
 * The Redis behind the queue: the server that `REDIS_URL` names, or a private `redis-server` child of this data
 * directory, append-only, on a Unix socket that only this user can open. Whoever comes first starts it, the last to
 * leave stops it; after a crash the next one finds it running, or starts it again on the same append-only file.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SETUP_COMMAND } from '#engine-home';
import { closeRedis, connectRedis, pingRedis } from '../../queue/index.js';
import { redisUrl } from './addresses.js';
import { exclusively } from './exclusively.js';

export interface RedisAccess {
  readonly url: string;
  /** Call once all connections are closed. Stops a private server unless another process uses it. */
  release(): Promise<void>;
}

/** Joins or starts the Redis server. */
export async function openRedis(home: string, env: NodeJS.ProcessEnv = process.env): Promise<RedisAccess> {
  const configured = redisUrl(env);
  if (configured) {
    await pingRedis(configured);
    return { url: configured, release: async () => undefined };
  }
  const socket = socketPath(home);
  const url = unixAddress(socket);
  const ensure = () =>
    exclusively(home, async () => {
      if (!(await answers(url))) await start(home, socket, url);
    });
  await ensure();
  const watch = keepAlive(url, ensure);
  return {
    url,
    release: async () => {
      await watch.stop();
      await exclusively(home, () => stopIfUnused(url));
    },
  };
}

const unixAddress = (socket: string): string => `unix://${encodeURIComponent(socket).replaceAll('%2F', '/')}`;

/** Where the server of this installation answers, if it runs. */
export const redisAddress = (home: string, env: NodeJS.ProcessEnv = process.env): string =>
  redisUrl(env) ?? unixAddress(socketPath(home));

/** Starts the server again when it dies while it is in use; its append-only file has all that it acknowledged. */
function keepAlive(url: string, ensure: () => Promise<void>): { stop(): Promise<void> } {
  const watched = connectRedis(url);
  let stopped = false;
  // One at a time: the lock between processes blocks the thread, so this process must not wait for itself.
  let revival: Promise<void> | undefined;
  watched.on('close', () => {
    if (stopped || revival) return;
    revival = ensure()
      .catch((error: Error) => {
        process.stderr.write(`Redis stopped, and can't be started again: ${error.message}\n`);
      })
      .finally(() => {
        revival = undefined;
      });
  });
  return {
    stop: async () => {
      stopped = true;
      await closeRedis(watched);
      await revival;
    },
  };
}

/** Kernels allow some 100 bytes for a socket's path; a deep data directory gets one beside the temporary files. */
function socketPath(home: string): string {
  const inside = join(home, 'redis.sock');
  if (Buffer.byteLength(inside) <= 100) return inside;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return join(tmpdir(), `gridsearch-${name}.sock`);
}

/** A server that is not there is told at once; one that is there may be slow on a busy machine, and must not be started twice. */
const answers = (url: string): Promise<boolean> =>
  pingRedis(url, 10_000).then(
    () => true,
    () => false,
  );

async function start(home: string, socket: string, url: string): Promise<void> {
  const folder = join(home, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options: Record<string, string> = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    logfile: join(folder, 'redis.log'),
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    // A queue that forgets jobs under memory pressure would lose them.
    'maxmemory-policy': 'noeviction',
  };
  // Detached, so that Ctrl-C in the terminal reaches us and not the server that we still need to stop well.
  const child = spawn(
    findServer(process.env),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: 'ignore', detached: true },
  );
  child.unref();
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code) => {
    ended = `exit code ${code}`;
  });
  for (let waited = 0; waited < 30_000; waited += 25) {
    if (await answers(url)) return;
    if (ended !== undefined) break;
    await sleep(25);
  }
  throw new Error(
    `redis-server did not start (${ended ?? 'no answer in 30 s'}); see ${join(folder, 'redis.log')}`,
  );
}

const SERVERS = ['redis-server', 'valkey-server'];
/** Where servers are installed that an ordinary user's PATH leaves out. */
const ALSO_IN = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

function findServer(env: NodeJS.ProcessEnv): string {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...ALSO_IN];
  for (const name of SERVERS) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here; look on.
      }
    }
  }
  throw new Error(
    'No Redis found. Either set REDIS_URL=redis://host:6379, or install redis-server or valkey-server on the PATH, ' +
      `or let \`${SETUP_COMMAND}\` install it with the system’s package manager.`,
  );
}

async function stopIfUnused(url: string): Promise<void> {
  const redis = connectRedis(url, {
    retryStrategy: () => null,
    connectTimeout: 1000,
    enableReadyCheck: false,
  });
  try {
    // CLIENT LIST prints a line per connection; the one that is left is this one.
    const clients = String(await redis.client('LIST'))
      .trim()
      .split('\n');
    if (clients.length > 1) return;
    await redis.shutdown().catch(() => undefined);
    for (let waited = 0; waited < 5000 && (await answers(url)); waited += 25) await sleep(25);
  } catch {
    // It is gone already.
  } finally {
    await closeRedis(redis);
  }
}
