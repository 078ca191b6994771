/** Redis connections as BullMQ wants them. */
import { Redis, type RedisOptions } from 'ioredis';
import { withoutSecrets } from '../addresses/index.js';

/** Environment variable that names the Redis server every process of one installation shares. */
export const REDIS_URL = 'REDIS_URL';

/**
 * Opens a connection. Accepts `redis://`, `rediss://` and `unix:///path/of.sock`.
 * Commands wait for a lost server to come back (BullMQ's blocking workers need that); use {@link pingRedis}
 * first where a person waits for an answer.
 */
export function connectRedis(url: string, options: RedisOptions = {}): Redis {
  // A closed connection's timer would hold the process back for its default of 2 s.
  const common: RedisOptions = { maxRetriesPerRequest: null, disconnectTimeout: 100, ...options };
  const redis = url.startsWith('unix://')
    ? new Redis({ ...common, path: decodeURIComponent(url.slice('unix://'.length)) })
    : new Redis(url, common);
  // ioredis retries by itself; without a listener every lost connection would print a stack trace.
  redis.on('error', () => undefined);
  // BullMQ's workers block on a connection of their own, which they duplicate.
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => endsAlways(duplicate(override));
  return redis;
}

/**
 * A connection that ends when it is told to, also between two tries to come back: there ioredis's `disconnect` leaves it as it is, its
 * commands wait without end, and a BullMQ worker that closes waits for them.
 */
function endsAlways(redis: Redis): Redis {
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect) => {
    // One that is on its way ends as it should.
    if (!reconnect && redis.status === 'reconnecting') redis.connect().catch(() => undefined);
    disconnect(reconnect);
  };
  return redis;
}

/** How long a server may take to let go of a connection, in ms. */
const FAREWELL = 1000;

/**
 * Closes a connection, and waits until the server has let go of it: whoever counts the server's clients to see whether it is still
 * needed must not count one that is on its way out.
 */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  if (redis.status === 'reconnecting') return redis.disconnect();
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, FAREWELL);
    redis.once('end', () => {
      clearTimeout(limit);
      resolve();
    });
    redis.disconnect();
  });
}

/** Round trip to the server within `timeoutMs`; throws one plain line when there is none. */
export async function pingRedis(url: string, timeoutMs = 3000): Promise<void> {
  const redis = connectRedis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: true,
  });
  let reason = '';
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    await Promise.race([
      redis.connect().then(() => redis.ping()),
      new Promise<never>((_, reject) => {
        deadline.addEventListener('abort', () => reject(new Error(`no answer in ${timeoutMs} ms`)), {
          once: true,
        });
      }),
    ]);
  } catch (error) {
    const message = reason || (error as Error).message;
    throw new Error(`Redis at ${withoutSecrets(url)} can't be reached: ${message}`);
  } finally {
    await closeRedis(redis);
  }
}
