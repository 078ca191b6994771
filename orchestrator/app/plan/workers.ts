/** Training processes that a search would find now. Looks at Redis where it runs already, and starts none. */
import type { Redis } from 'ioredis';
import { closeRedis, connectRedis, pingRedis, presentWorkers } from '../../../queue/index.js';
import { usableCores, workerCount } from '../cores.js';
import { homePath } from '../home.js';
import { redisAddress } from '../private-redis.js';

export interface WorkersThere {
  readonly count: number;
  /** Who says so: the option, the workers at the queue, or, as `run` would start them, the cores of this machine. */
  readonly from: 'option' | 'queue' | 'cores';
}

/** A server that is not there must not keep a person waiting, in ms. */
const ANSWER_WITHIN = 1000;

/** @param asked - A number, or `auto`. @throws InputError when it is neither, or `REDIS_URL` is no address */
export async function workersThere(asked: string): Promise<WorkersThere> {
  if (asked !== 'auto') return { count: workerCount(asked, '--workers', 1), from: 'option' };
  const url = redisAddress(homePath());
  const count = await connected(url).catch(() => 0);
  return count > 0 ? { count, from: 'queue' } : { count: usableCores(), from: 'cores' };
}

async function connected(url: string): Promise<number> {
  await pingRedis(url, ANSWER_WITHIN);
  const redis = connectRedis(url);
  try {
    return await workersAt(redis);
  } finally {
    await closeRedis(redis);
  }
}

/** Training processes at a queue that stay. */
export async function workersAt(redis: Redis): Promise<number> {
  const staying = (await presentWorkers(redis)).filter(({ leaving }) => !leaving);
  return staying.reduce((sum, { concurrency }) => sum + concurrency, 0);
}
