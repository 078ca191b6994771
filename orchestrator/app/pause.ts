/** Pausing a search, and going on with one that is paused or was left. */
import { pauseJobs, presentWorkers, readControl, resumeJobs } from '../../queue/index.js';
import type { SearchSummary } from '../../review/results/index.js';
import { InputError } from './errors.js';
import { searchToResume } from './resume.js';
import { hasEndedError, type QueueAndTracking, searchUnderWay } from './under-way.js';

export interface Pausing {
  readonly search: SearchSummary;
  /** Whether it was paused before. */
  readonly already: boolean;
  /** ms since 1970. */
  readonly since: number;
  /** Folds, or the refit, that workers have at hand: they end and count. */
  readonly atHand: number;
}

/**
 * Pauses a search: nothing of it that trains is begun until it is resumed.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when there is nothing to pause
 */
export async function pauseSearch(asked: string, services: QueueAndTracking): Promise<Pausing> {
  const { redis } = services;
  const { search, progress } = await searchUnderWay(asked, services);
  const { searchId } = search;
  if (progress.step === 'register')
    throw new InputError(`search ${searchId} registers its winner, so there is nothing left to pause`);
  if (progress.search.progress.cut === 'person' || (await readControl(redis, searchId)).stop === 'person')
    throw new InputError(`search ${searchId} is being stopped, so there is nothing left to pause`);
  const answer = await pauseJobs(redis, searchId);
  if (answer === 'ended') throw hasEndedError(searchId);
  const since = (await readControl(redis, searchId)).pausedSince ?? Date.now();
  const jobs = (await presentWorkers(redis)).flatMap((worker) => worker.jobs);
  return {
    search,
    already: answer === 'again',
    since,
    atHand: jobs.filter((job) => job.searchId === searchId).length,
  };
}

export interface Resuming {
  readonly searchId: string;
  /** Whether it was paused; one that was not is in the queue, for whoever carries it out. */
  readonly wasPaused: boolean;
}

/**
 * Ends the pause of a search, and queues one again that the queue has lost. Without a name it is the newest that has not ended.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError when there is none to go on with
 */
export async function resumeSearch(asked: string | undefined, services: QueueAndTracking): Promise<Resuming> {
  const searchId = await searchToResume(asked, services);
  return { searchId, wasPaused: (await resumeJobs(services.redis, searchId)) === 'resumed' };
}
