/** Giving a search up for good, unlike Ctrl-C, after which it can be resumed. */
import { findSearch, hasEnded, type SearchSummary } from '../../review/results/index.js';
import { cancelSearch } from '../search/index.js';
import { InputError } from './errors.js';
import { reopened } from './reopen.js';
import type { Services } from './services.js';

/**
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when it has ended
 */
export async function cancelByName(
  asked: string,
  { redis, tracking }: Pick<Services, 'redis'> & { tracking: Pick<Services['tracking'], 'client'> },
): Promise<SearchSummary> {
  const search = await reopened(await findSearch(tracking.client, asked), tracking.client);
  const { searchId, experimentId, runId: parentRunId } = search;
  const context = { searchId, experimentId, parentRunId };
  const cancelled =
    !hasEnded(search.status) && (await cancelSearch(context, { redis, tracking: tracking.client }));
  if (cancelled) return search;
  throw new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
}
