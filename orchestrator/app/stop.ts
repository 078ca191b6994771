/** Ending a search early, unlike `cancel`: the best of what is complete is refit and registered. */
import { resumeJobs } from '../../queue/index.js';
import type { SearchSummary } from '../../review/results/index.js';
import { wishToStop } from '../search/index.js';
import { InputError } from './errors.js';
import { hasEndedError, type QueueAndTracking, searchUnderWay } from './under-way.js';

export interface Stopping {
  readonly search: SearchSummary;
  /** Whether it was being stopped before. */
  readonly already: boolean;
}

/**
 * Writes down that a search is to stop; whichever orchestrator carries it out does it, at once or once there is one.
 * A pause ends with it.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when there is nothing to stop
 */
export async function stopByName(asked: string, services: QueueAndTracking): Promise<Stopping> {
  const { redis } = services;
  const { search, progress } = await searchUnderWay(asked, services);
  const { searchId } = search;
  if (progress.step === 'queued')
    throw new InputError(
      `search ${searchId} has not begun, so there is nothing to refit; \`gridsearch cancel ${searchId}\` gives it up`,
    );
  const isCut = progress.search.progress.cut !== undefined;
  if (!isCut && (progress.step === 'refit' || progress.step === 'register'))
    throw new InputError(`search ${searchId} has tried all its configurations, and refits the best`);
  const wish = isCut ? 'again' : await wishToStop(searchId, 'person', redis);
  if (wish === 'ended') throw hasEndedError(searchId);
  // The refit must not wait for the end of a pause.
  await resumeJobs(redis, searchId);
  return { search, already: wish === 'again' };
}
