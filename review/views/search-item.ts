/** One search in a line: where it stands, how far it is, what came of it. */
import type { SearchItem } from '../page/api.js';
import type { SearchStatus } from '../results/index.js';
import { numberOrNull } from './numbers.js';

/** What is not the search's own. */
export interface Surroundings
  extends Pick<SearchItem, 'secondsLeft' | 'perMinute' | 'queuePosition' | 'generation'> {
  /** Name of the search space, where the experiment is known. */
  readonly name: string | undefined;
}

export function itemOf(
  { search, state, step, trials, folds, bestMean, failure, control }: Omit<SearchStatus, 'progress'>,
  { name, secondsLeft, perMinute, queuePosition, generation }: Surroundings,
): SearchItem {
  const { searchId, runId, objective, registered, startTime, endTime } = search;
  return {
    searchId,
    name: name ?? searchId,
    parentRunId: runId,
    state,
    step,
    generation,
    objective,
    trials: countOf(trials),
    folds: countOf(folds),
    secondsLeft,
    perMinute,
    pausedSince: (state === 'paused' ? control?.pausedSince : undefined) ?? null,
    priority: control?.priority ?? null,
    queuePosition,
    best: numberOrNull(bestMean),
    testScore: numberOrNull(search.metrics[`test_${objective.metric}`]),
    registered,
    failure,
    startTime,
    endTime,
  };
}

/** Of a search that broke off before it was planned, tracking holds no total. */
const countOf = ({ total, settled }: SearchStatus['trials']) => ({
  total: Number.isNaN(total) ? 0 : total,
  settled,
});
