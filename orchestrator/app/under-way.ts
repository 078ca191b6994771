/** A search that somebody wants to change while it goes on. */

import type { SearchSummary } from '../../review/results/index.js';
import { findSearch, hasEnded, readProgress, type SearchProgress } from '../../review/results/index.js';
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

export const hasEndedError = (searchId: string): InputError =>
  new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
