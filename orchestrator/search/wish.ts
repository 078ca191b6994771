/**
 * The wish to end a search early. It is a field of the search's own job in Redis, so it lives as long as the job does, any
 * orchestrator finds it, and it is there before anything follows from it.
 */
import type { Redis } from 'ioredis';
import { type CutCause, cutCause, PREFIX, SEARCH_QUEUE } from '../../queue/index.js';

/** Searches that may have to be ended early: those with a budget, and those that somebody wants to stop. */
const WATCHED = `${PREFIX}:watched`;
const FIELD = 'stop';

const keyOf = (searchId: string): string => `${PREFIX}:${SEARCH_QUEUE}:${searchId}`;

// BullMQ sets finishedOn when a job has ended.
const WISH = `
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'finishedOn') == 1 then return 'ended' end
redis.call('SADD', KEYS[2], ARGV[1])
if redis.call('HSETNX', KEYS[1], '${FIELD}', ARGV[2]) == 0 then return 'again' end
return 'wished'`;

/** Writes the wish down; the first one stays. */
export async function wishToStop(
  searchId: string,
  cause: CutCause,
  redis: Redis,
): Promise<'wished' | 'again' | 'ended'> {
  const answer = await redis.eval(WISH, 2, keyOf(searchId), WATCHED, searchId, cause);
  return answer as 'wished' | 'again' | 'ended';
}

/** Why the search is to be ended; undefined when nobody wants that. What else may stand there is nobody's wish. */
export async function wishOf(searchId: string, redis: Redis): Promise<CutCause | undefined> {
  return cutCause.safeParse(await redis.hget(keyOf(searchId), FIELD)).data;
}

/** Has orchestrators look at the search now and then. */
export async function watch(searchId: string, redis: Redis): Promise<void> {
  await redis.sadd(WATCHED, searchId);
}

export async function unwatch(searchId: string, redis: Redis): Promise<void> {
  await redis.srem(WATCHED, searchId);
}

export const watched = (redis: Redis): Promise<string[]> => redis.smembers(WATCHED);
