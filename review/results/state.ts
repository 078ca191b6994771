/** What becomes of a search now, in one word or two: tracking alone would call one RUNNING that nobody works on. */
import type { Control } from '../../queue/index.js';
import { endedByOthers } from '../../tracking/client/index.js';
import type { Presence } from './presence.js';
import type { SearchProgress } from './progress.js';
import { hasEnded } from './runs.js';
import type { SearchSummary } from './searches.js';

export const SEARCH_STATES = [
  'queued',
  'running',
  'waiting for a worker',
  'paused',
  'being stopped',
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
 * @param control - what people want of it, as far as Redis knows
 */
export function stateOf(
  { status, failure }: Pick<SearchSummary, 'status' | 'failure'>,
  progress: Pick<SearchProgress, 'step' | 'result'> | 'signed otherwise' | undefined,
  presence: Presence | undefined,
  control: Pick<Control, 'stop' | 'pausedSince'> | undefined,
): SearchState {
  if (progress !== 'signed otherwise' && progress?.step === 'broken') return 'broken';
  if (hasEnded(status) && !endedByOthers(status, failure)) return ENDED[status as keyof typeof ENDED];
  if (progress === 'signed otherwise') return progress;
  if (progress === undefined) return 'interrupted';
  if (progress.result !== undefined) return ENDED[progress.result.status];
  if (control !== undefined && isPaused(control)) return 'paused';
  const queued = progress.step === 'queued';
  if (presence?.orchestrators === 0) return queued ? 'queued' : 'interrupted';
  const stopping = control?.stop !== undefined;
  // Nobody is needed to drop what is under way.
  if (presence?.workers === 0 && !(stopping && progress.step === 'plan')) return 'waiting for a worker';
  if (stopping) return 'being stopped';
  return queued ? 'queued' : 'running';
}

/** A person who stops a search ends its pause. */
export const isPaused = ({ stop, pausedSince }: Pick<Control, 'stop' | 'pausedSince'>): boolean =>
  pausedSince !== undefined && stop !== 'person';

const ENDED = { FINISHED: 'finished', FAILED: 'failed', KILLED: 'cancelled' } as const;
