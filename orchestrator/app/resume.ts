/** Which search an interrupted person wants to go on with. */
import { findSearch, openSearches } from '../../review/results/index.js';
import { InputError } from './errors.js';
import type { Services } from './services.js';

/**
 * The id of the search asked for, or of the newest one that has not ended.
 *
 * @throws InputError when there is none to go on with
 */
export async function searchToResume(
  asked: string | undefined,
  { searches, tracking }: Services,
): Promise<string> {
  const open = await openSearches(searches);
  if (asked === undefined) {
    const [newest] = open;
    if (newest !== undefined) return newest;
    throw new InputError('no search is waiting to go on; `gridsearch status` lists them');
  }
  const { searchId } = await findSearch(tracking.client, asked);
  if (open.includes(searchId)) return searchId;
  throw new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
}
