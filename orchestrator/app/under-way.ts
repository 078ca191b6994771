/** A search while it goes on, for whoever looks at it or wants to change it. */
import { Queue } from 'bullmq';
import { type Control, PREFIX, readControl, SEARCH_QUEUE } from '../../queue/index.js';
import type { SearchSummary } from '../../review/results/index.js';
import { findSearch, hasEnded, readProgress, type SearchProgress } from '../../review/results/index.js';
import { atQueue } from './at-queue.js';
import { InputError } from './errors.js';
import { reopened } from './reopen.js';
import type { Services } from './services.js';

/** What is needed to change one. */
export type QueueAndTracking = Pick<Services, 'redis' | 'searches'> & {
  readonly tracking: Pick<Services['tracking'], 'client'>;
};

/**
 * Finds it.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when it has ended, broke, or is not in the queue
 */
export async function searchUnderWay(
  asked: string,
  { searches, tracking: { client } }: Pick<QueueAndTracking, 'searches' | 'tracking'>,
): Promise<{ search: SearchSummary; progress: SearchProgress }> {
  const search = await reopened(await findSearch(client, asked), client);
  const { searchId } = search;
  if (hasEnded(search.status)) throw hasEndedError(searchId);
  const progress = await readProgress(searches, searchId);
  if (progress === undefined)
    throw new InputError(
      `search ${searchId} is not in the queue; \`gridsearch resume ${searchId}\` goes on with it`,
    );
  if (progress.step === 'broken')
    throw new InputError(`search ${searchId} broke: ${progress.failure ?? 'unknown reason'}`);
  return { search, progress };
}

/** What the queue knows of a search. */
export interface Queued {
  readonly control: Control;
  /** Undefined where the queue has lost it, or its job is signed with another secret. */
  readonly progress: SearchProgress | undefined;
}

/**
 * Undefined where no private Redis runs.
 *
 * @throws Error when the Redis that `REDIS_URL` names does not answer
 */
export const queuedOf = (searchId: string): Promise<Queued | undefined> =>
  atQueue(async (redis) => {
    const searches = new Queue(SEARCH_QUEUE, { connection: redis, prefix: PREFIX });
    searches.on('error', () => undefined);
    try {
      const [control, progress] = await Promise.all([
        readControl(redis, searchId),
        readProgress(searches, searchId).catch(() => undefined),
      ]);
      return { control, progress };
    } finally {
      await searches.close();
    }
  }, undefined);

export const hasEndedError = (searchId: string): InputError =>
  new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
