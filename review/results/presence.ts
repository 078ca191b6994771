/** Who is there to carry searches out: the processes that hold a connection to the queues in Redis now. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { FOLD_QUEUE, PREFIX, SEARCH_QUEUE } from '../../queue/index.js';

export interface Presence {
  readonly orchestrators: number;
  readonly workers: number;
}

/** Undefined where Redis does not let this user see its clients. */
export async function readPresence(redis: Redis): Promise<Presence | undefined> {
  const [searches, folds] = [SEARCH_QUEUE, FOLD_QUEUE].map(
    (name) => new Queue(name, { connection: redis, prefix: PREFIX }),
  ) as [Queue, Queue];
  try {
    const [orchestrators, workers] = await Promise.all([searches.getWorkersCount(), folds.getWorkersCount()]);
    return { orchestrators, workers };
  } catch (error) {
    if (!/NOPERM|unknown command/i.test((error as Error).message)) throw error;
    return undefined;
  } finally {
    await Promise.all([searches.close(), folds.close()]);
  }
}
