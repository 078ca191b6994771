/** A lock that every process of one installation sees: a key in Redis, renewed while it is held, gone soon after its holder died. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { PREFIX } from './jobs.js';

/** A killed holder keeps others waiting for so long, in ms. */
const LIFETIME = 10_000;
const RETRY = 25;

/** Only the holder may renew or release: another may hold the key by now. */
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const DELETE_OWN = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/**
 * Runs `action` while nobody else runs one under the same name (https://redis.io/docs/latest/commands/set/#patterns).
 *
 * @throws what `action` throws; Error when the lock isn't free within `patienceMs`
 */
export async function withLock<T>(
  redis: Redis,
  name: string,
  action: () => Promise<T>,
  patienceMs = 60_000,
): Promise<T> {
  const key = `${PREFIX}:lock:${name}`;
  const holder = randomUUID();
  const deadline = Date.now() + patienceMs;
  while ((await redis.set(key, holder, 'PX', LIFETIME, 'NX')) === null) {
    if (Date.now() > deadline) throw new Error(`${name} is locked by another process for too long`);
    await sleep(RETRY);
  }
  const renewal = setInterval(() => {
    redis.eval(RENEW, 1, key, holder, LIFETIME).catch(() => undefined);
  }, LIFETIME / 3);
  try {
    return await action();
  } finally {
    clearInterval(renewal);
    await deleteOwn(redis, key, holder);
  }
}

/** Deletes a key if it still has this value: if not, it is somebody else's by now. */
export async function deleteOwn(redis: Redis, key: string, value: string): Promise<void> {
  await redis.eval(DELETE_OWN, 1, key, value);
}
