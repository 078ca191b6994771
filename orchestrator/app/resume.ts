/** Which search an interrupted person wants to go on with. */
import { findSearch, hasEnded, openSearches, UnknownSearchError } from '../../review/results/index.js';
import { rebuildSearch } from '../search/index.js';
import { InputError } from './errors.js';
import { reopened } from './reopen.js';
import type { Services } from './services.js';

/**
 * The id of the search asked for, or of the newest one that has not ended.
 *
 * One that the queue has lost, but not tracking, is queued again first.
 *
 * @throws InputError when there is none to go on with
 */
export async function searchToResume(
  asked: string | undefined,
  {
    searches,
    tracking,
  }: Pick<Services, 'searches'> & { readonly tracking: Pick<Services['tracking'], 'client'> },
): Promise<string> {
  const open = await openSearches(searches);
  const find = async (name: string) => reopened(await findSearch(tracking.client, name), tracking.client);
  if (asked === undefined) {
    const [newest] = open;
    if (newest !== undefined) {
      await find(newest).catch((error: unknown) => {
        // The queue is enough to go on.
        if (!(error instanceof UnknownSearchError)) throw error;
      });
      return newest;
    }
    throw new InputError('no search is waiting to go on; `gridsearch status` lists them');
  }
  const { searchId, runId, status } = await find(asked);
  if (open.includes(searchId)) return searchId;
  const broke = (await searches.getJobState(searchId)) === 'failed';
  if (!hasEnded(status) && !broke) {
    await rebuildSearch(await tracking.client.getRun(runId), { tracking: tracking.client, searches }).catch(
      (error: Error) => {
        throw new InputError(error.message);
      },
    );
    return searchId;
  }
  throw new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
}
