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

/** The lock was lost while its holder worked: frozen for too long, or cut off from Redis. What is left must not be done. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

/** Asked before every change that the lock protects: throws {@link LockLostError} when it is no longer held. */
export type Held = () => void;

/**
 * Runs `action` while nobody else runs one under the same name (https://redis.io/docs/latest/commands/set/#patterns).
 *
 * @param action - Gets a check to make before each of its changes. It reads the clock, too: a process that was frozen past the
 *   lock's lifetime wakes up before its timers do.
 * @throws what `action` throws; Error when the lock isn't free within `patienceMs`
 */
export async function withLock<T>(
  redis: Redis,
  name: string,
  action: (held: Held) => Promise<T>,
  { patienceMs = 60_000, lifetimeMs = LIFETIME }: { patienceMs?: number; lifetimeMs?: number } = {},
): Promise<T> {
  const key = `${PREFIX}:lock:${name}`;
  const holder = randomUUID();
  const deadline = performance.now() + patienceMs;
  let sure = performance.now();
  while ((await redis.set(key, holder, 'PX', lifetimeMs, 'NX')) === null) {
    if (performance.now() > deadline) throw new Error(`${name} is locked by another process for too long`);
    await sleep(RETRY);
    sure = performance.now();
  }
  let lost = false;
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    // A failed renewal is no loss yet: the next one may succeed before the lifetime is over.
    const renewed = await redis.eval(RENEW, 1, key, holder, lifetimeMs).catch(() => undefined);
    if (renewed === 0) lost = true;
    else if (renewed === 1) sure = asked;
  };
  const renewal = setInterval(renew, lifetimeMs / 3);
  try {
    return await action(() => {
      if (lost || performance.now() - sure > lifetimeMs) {
        throw new LockLostError(`the lock ${name} was lost; nothing more was changed`);
      }
    });
  } finally {
    clearInterval(renewal);
    await deleteOwn(redis, key, holder);
  }
}

/** Deletes a key if it still has this value: if not, it is somebody else's by now. */
export async function deleteOwn(redis: Redis, key: string, value: string): Promise<void> {
  await redis.eval(DELETE_OWN, 1, key, value);
}
