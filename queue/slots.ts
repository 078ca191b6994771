/** How many folds each worker trains at a time: Redis knows who is connected, and nothing of their size. */
import type { Redis } from 'ioredis';
import { PREFIX } from './jobs.js';

const KEY = `${PREFIX}:slots`;
/** Of workers that were killed nobody takes their line away. In s. */
const KEPT = 30 * 86_400;
/** More than any worker has, so that a number from elsewhere does not count for much. */
const MOST = 1024;

/** Says that the worker of this name trains so many folds at a time. */
export async function announceSlots(redis: Redis, name: string, count: number): Promise<void> {
  await redis.multi().hset(KEY, name, count).expire(KEY, KEPT).exec();
}

/** Takes that back. */
export async function withdrawSlots(redis: Redis, name: string): Promise<void> {
  await redis.hdel(KEY, name);
}

/** Folds that these workers train at a time, all together; one of an older version counts as one. */
export async function slotsOf(redis: Redis, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0;
  const counts = await redis.hmget(KEY, ...names);
  return counts.reduce((sum, count) => {
    const slots = Number(count ?? 1);
    return sum + (Number.isInteger(slots) && slots >= 1 ? Math.min(slots, MOST) : 1);
  }, 0);
}
