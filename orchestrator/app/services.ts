/** What commands stand on: Redis, tracking and the queue of searches. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { withoutSecrets } from '../../addresses/index.js';
import { closeRedis, connectRedis, PREFIX, SEARCH_QUEUE } from '../../queue/index.js';
import { closers } from './closers.js';
import { homeDir } from './home.js';
import { openRedis, redisAddress } from './private-redis.js';
import { checkEnvironment } from './settings.js';
import type { Timeline } from './timeline.js';
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

/** Pages at the embedded tracking server's address, which are told where Redis is. */
export type FrontModule = Pick<NonNullable<ServerPlace['front']>, 'module' | 'paths' | 'changes'>;

/** Where the embedded tracking server listens, and the pages at its address. */
export interface ServicesPlace extends Omit<ServerPlace, 'front'> {
  readonly front?: FrontModule;
  /** Told how long each took. */
  readonly timeline?: Pick<Timeline, 'during'>;
}

/** Opens Redis, tracking and the search queue. */
export async function openServices({
  front,
  timeline: { during } = { during: (_what, action) => action() },
  ...place
}: ServicesPlace = {}): Promise<Services> {
  checkEnvironment();
  const home = homeDir();
  const opened = closers();
  try {
    // Side by side: each takes its time to start. Redis is left last, as the page holds on to it.
    const [gotRedis, gotTracking] = await Promise.allSettled([
      during('Redis', () => openRedis(home)),
      during('tracking server', () =>
        openTracking(home, {
          ...place,
          ...(front && { front: { ...front, options: { redisUrl: redisAddress(home) } } }),
        }),
      ),
    ]);
    if (gotRedis.status === 'fulfilled') opened.add(() => gotRedis.value.release());
    if (gotTracking.status === 'fulfilled') opened.add(() => gotTracking.value.close());
    const [access, served] = [settledValue(gotRedis), settledValue(gotTracking)];
    const redis = connectRedis(access.url);
    opened.add(() => closeRedis(redis));
    const searches = new Queue(SEARCH_QUEUE, { connection: redis, prefix: PREFIX });
    // Without a listener it prints every lost connection; whoever carries out searches tells of it.
    searches.on('error', () => undefined);
    opened.add(() => searches.close());
    return {
      home,
      redis,
      redisUrl: access.url,
      redisShown: withoutSecrets(access.url),
      tracking: served,
      searches,
      close: opened.close,
    };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

function settledValue<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
