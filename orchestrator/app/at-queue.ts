/** Looks at this installation's Redis where it runs already, and starts none. */
import type { Redis } from 'ioredis';
import { closeRedis, connectRedis, pingRedis } from '../../queue/index.js';
import { homePath } from './home.js';
import { redisAddress } from './private-redis.js';
import { checkEnvironment } from './settings.js';

/** A server that is not there must not keep a person waiting, in ms. */
const ANSWER_WITHIN = 3000;

/**
 * @param nothing - What is answered where no private Redis runs.
 * @throws Error when the Redis that `REDIS_URL` names does not answer
 */
export async function atQueue<T>(action: (redis: Redis) => Promise<T>, nothing: T): Promise<T> {
  checkEnvironment();
  const url = redisAddress(homePath());
  try {
    await pingRedis(url, ANSWER_WITHIN);
  } catch (error) {
    if (process.env.REDIS_URL) throw error;
    return nothing;
  }
  const redis = connectRedis(url);
  try {
    return await action(redis);
  } finally {
    await closeRedis(redis);
  }
}
