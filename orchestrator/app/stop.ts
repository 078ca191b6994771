/** Ending a search early, unlike `cancel`: the best of what is complete is refit and registered. */
import { findSearch, hasEnded, readProgress, type SearchSummary } from '../../review/results/index.js';
import { wishToStop } from '../search/index.js';
import { InputError } from './errors.js';
import { reopened } from './reopen.js';
import type { Services } from './services.js';

export interface Stopping {
  readonly search: SearchSummary;
  /** Whether it was being stopped before. */
  readonly already: boolean;
}

/**
 * Writes down that a search is to stop; whichever orchestrator carries it out does it, at once or once there is one.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when there is nothing to stop
 */
export async function stopByName(
  asked: string,
  {
    redis,
    searches,
    tracking: { client },
  }: Pick<Services, 'redis' | 'searches'> & { tracking: Pick<Services['tracking'], 'client'> },
): Promise<Stopping> {
  const search = await reopened(await findSearch(client, asked), client);
  const { searchId } = search;
  const ended = new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
  if (hasEnded(search.status)) throw ended;
  const found = await readProgress(searches, searchId);
  if (found === undefined)
    throw new InputError(
      `search ${searchId} is not in the queue; \`gridsearch resume ${searchId}\` goes on with it`,
    );
  if (found.step === 'queued')
    throw new InputError(
      `search ${searchId} has not begun, so there is nothing to refit; \`gridsearch cancel ${searchId}\` gives it up`,
    );
  if (found.step === 'broken')
    throw new InputError(`search ${searchId} broke: ${found.failure ?? 'unknown reason'}`);
  if (found.search.progress.cut !== undefined) return { search, already: true };
  if (found.step === 'refit' || found.step === 'register')
    throw new InputError(`search ${searchId} has tried all its configurations, and refits the best`);
  const wish = await wishToStop(searchId, 'person', redis);
  if (wish === 'ended') throw ended;
  return { search, already: wish === 'again' };
}
