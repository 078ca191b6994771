/**
 * The wish to end a search early. It is a field of the search's own job in Redis, so it lives as long as the job does, any
 * orchestrator finds it, and it is there before anything follows from it.
 */
import type { Redis } from 'ioredis';
import { type CutCause, FIELDS, PREFIX, searchKey } from '../../queue/index.js';

/** Searches that may have to be ended early: those with a budget, and those that somebody wants to stop. */
const WATCHED = `${PREFIX}:watched`;

// BullMQ sets finishedOn when a job has ended.
const WISH = `
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'finishedOn') == 1 then return 'ended' end
redis.call('SADD', KEYS[2], ARGV[1])
if redis.call('HSETNX', KEYS[1], '${FIELDS.stop}', ARGV[2]) == 0 then return 'again' end
return 'wished'`;

/** Writes the wish down; the first one stays. */
export async function wishToStop(
  searchId: string,
  cause: CutCause,
  redis: Redis,
): Promise<'wished' | 'again' | 'ended'> {
  const answer = await redis.eval(WISH, 2, searchKey(searchId), WATCHED, searchId, cause);
  return answer as 'wished' | 'again' | 'ended';
}

/** Has orchestrators look at the search now and then. */
export async function watch(searchId: string, redis: Redis): Promise<void> {
  await redis.sadd(WATCHED, searchId);
}

export async function unwatch(searchId: string, redis: Redis): Promise<void> {
  await redis.srem(WATCHED, searchId);
}

export const watched = (redis: Redis): Promise<string[]> => redis.smembers(WATCHED);
