/** How much a search gets of the workers that it shares with others. */
import {
  changePriority,
  HIGHEST_PRIORITY,
  readControl,
  searchPriority,
  USUAL_PRIORITY,
} from '../../queue/index.js';
import type { SearchSummary } from '../../review/results/index.js';
import { InputError } from './errors.js';
import { hasEndedError, type QueueAndTracking, searchUnderWay } from './under-way.js';

export interface PriorityChange {
  readonly search: SearchSummary;
  readonly before: number;
}

/**
 * Changes a search's priority, for what waits already, too. One of priority 3 gets three folds for each of one of priority 1.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when it is not under way, or there is no such priority
 */
export async function setPriority(
  asked: string,
  priority: number,
  services: QueueAndTracking,
): Promise<PriorityChange> {
  if (!searchPriority.safeParse(priority).success)
    throw new InputError(
      `A priority is a whole number from ${USUAL_PRIORITY} to ${HIGHEST_PRIORITY}, not ${priority}`,
    );
  const { redis } = services;
  const { search, progress } = await searchUnderWay(asked, services);
  const { searchId } = search;
  const before = (await readControl(redis, searchId)).priority ?? progress.search.priority ?? USUAL_PRIORITY;
  if ((await changePriority(redis, searchId, priority)) === 'ended') throw hasEndedError(searchId);
  return { search, before };
}
