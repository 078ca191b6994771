/** What commands stand on: Redis, tracking and the queue of searches. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectRedis, PREFIX, redactRedisUrl, SEARCH_QUEUE } from '../../queue/index.js';
import { closers } from './closers.js';
import { homeDir } from './home.js';
import { openRedis } from './private-redis.js';
import { openTracking, type ServerPlace, type Tracking } from './tracking.js';

export interface Services {
  readonly home: string;
  readonly redis: Redis;
  readonly redisUrl: string;
  /** The same address, fit to be printed. */
  readonly redisShown: string;
  readonly tracking: Tracking;
  readonly searches: Queue;
  close(): Promise<void>;
}

/** Opens Redis, tracking and the search queue. */
export async function openServices(tracking: ServerPlace = {}): Promise<Services> {
  const home = homeDir();
  const opened = closers();
  try {
    const access = await openRedis(home);
    opened.add(() => access.release());
    const redis = connectRedis(access.url);
    opened.add(async () => redis.disconnect());
    const served = await openTracking(home, tracking);
    opened.add(() => served.close());
    const searches = new Queue(SEARCH_QUEUE, { connection: redis, prefix: PREFIX });
    // Without a listener it prints every lost connection; whoever carries out searches tells of it.
    searches.on('error', () => undefined);
    opened.add(() => searches.close());
    return {
      home,
      redis,
      redisUrl: access.url,
      redisShown: redactRedisUrl(access.url),
      tracking: served,
      searches,
      close: opened.close,
    };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}
