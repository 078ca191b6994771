/** What becomes of a search now, in one word or two: tracking alone would call one RUNNING that nobody works on. */
import { endedByOthers } from '../../tracking/client/index.js';
import type { Presence } from './presence.js';
import type { SearchProgress } from './progress.js';
import { hasEnded } from './runs.js';
import type { SearchSummary } from './searches.js';

export const SEARCH_STATES = [
  'queued',
  'running',
  'waiting for a worker',
  'interrupted',
  'broken',
  'signed otherwise',
  'finished',
  'failed',
  'cancelled',
] as const;
export type SearchState = (typeof SEARCH_STATES)[number];

/**
 * @param progress - undefined when Redis does not know the search
 * @param presence - undefined when nobody can tell who is there: then somebody is assumed to be
 */
export function stateOf(
  { status, failure }: Pick<SearchSummary, 'status' | 'failure'>,
  progress: Pick<SearchProgress, 'step' | 'result'> | 'signed otherwise' | undefined,
  presence: Presence | undefined,
): SearchState {
  if (progress !== 'signed otherwise' && progress?.step === 'broken') return 'broken';
  if (hasEnded(status) && !endedByOthers(status, failure)) return ENDED[status as keyof typeof ENDED];
  if (progress === 'signed otherwise') return progress;
  if (progress === undefined) return 'interrupted';
  if (progress.result !== undefined) return ENDED[progress.result.status];
  const queued = progress.step === 'queued';
  if (presence?.orchestrators === 0) return queued ? 'queued' : 'interrupted';
  if (presence?.workers === 0) return 'waiting for a worker';
  return queued ? 'queued' : 'running';
}

const ENDED = { FINISHED: 'finished', FAILED: 'failed', KILLED: 'cancelled' } as const;
