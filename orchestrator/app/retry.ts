/** Trying again what failed in a search: its own space once more, of which nothing that is finished is trained again. */
import { findSearch, hasEnded, type SearchSummary } from '../../review/results/index.js';
import { endedByOthers, ROLE, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import { type Submitted, submitAgain, submittedSpace } from '../search/index.js';
import { type Earlier, lookForEarlier } from './earlier.js';
import { InputError } from './errors.js';
import type { Services } from './services.js';

export interface Retry {
  readonly search: SearchSummary;
  /** Configurations that failed. */
  readonly failed: number;
  /** The new search; undefined when there was nothing to try again. */
  readonly submitted: (Submitted & Earlier) | undefined;
}

/**
 * Submits what failed, or was never handed out because the search was cut.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when it goes on, or can't be submitted again
 */
export async function retryFailed(
  asked: string,
  {
    redis,
    searches,
    tracking: { client },
  }: Pick<Services, 'redis' | 'searches'> & { tracking: Pick<Services['tracking'], 'client'> },
): Promise<Retry> {
  const search = await findSearch(client, asked);
  const { searchId, status, failure } = search;
  if (!hasEnded(status) || endedByOthers(status, failure))
    throw new InputError(
      `search ${searchId} goes on; \`gridsearch status ${searchId}\` tells how far it is, and \`gridsearch resume ${searchId}\` goes on with one that was interrupted`,
    );
  const failed = await failedTrials(search, client);
  if (failed === 0 && status === 'FINISHED' && search.cut === null)
    return { search, failed, submitted: undefined };
  const parent = await client.getRun(search.runId);
  const space = await submittedSpace(parent, client);
  if (space === undefined)
    throw new InputError(
      `search ${searchId} can't be tried again, as an earlier version submitted it; submit its file`,
    );
  const foldDigests = space.reuse?.rows ?? [];
  const { pruning, context } = space;
  const wanted = { search: space, digest: context.digest, foldDigests, pruning };
  const earlier = await lookForEarlier(wanted, client, { redis });
  const submitted = await submitAgain(parent, space, { tracking: client, searches }, earlier.from);
  return { search, failed, submitted: { ...submitted, ...earlier } };
}

async function failedTrials({ experimentId, runId }: SearchSummary, client: TrackingClient): Promise<number> {
  const filter = `${tagIs(TAGS.parentRunId, runId)} and ${tagIs(TAGS.role, ROLE.trial)} and attributes.status = 'FAILED'`;
  let count = 0;
  for await (const _ of client.searchRuns({ experimentIds: [experimentId], filter })) count++;
  return count;
}
