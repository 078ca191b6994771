/** What there is to say of a search that has no winner yet, or none at all. */

import type { SearchItem } from '../page/api.js';
import type { BestTrial, refitOf, registeredBy, SearchSummary } from '../results/index.js';

export interface Facts {
  readonly search: SearchSummary;
  readonly item: SearchItem;
  readonly best: BestTrial | null;
  readonly refit: Awaited<ReturnType<typeof refitOf>>;
  readonly registered: Awaited<ReturnType<typeof registeredBy>>;
  /** Why the version is champion or challenger. */
  readonly verdictTag: string | undefined;
}

export function verdictOf(facts: Facts): string[] {
  return [bestSentence(facts), ...failureSentence(facts)];
}

function bestSentence({ search, item, best, refit }: Facts): string {
  if (best === null)
    return isOver(item.state) ? 'No configuration was completed.' : 'No configuration is complete yet.';
  const { metric } = search.objective;
  const { configuration, mean, std } = best;
  const name = `${configuration.model}-${configuration.index}`;
  const test = refit?.testMetrics[metric];
  const held = test === undefined || test === null ? '' : `; ${score(test)} on the held-out rows`;
  const over = search.foldsOfTrial === undefined ? '' : ` over ${counted(search.foldsOfTrial, 'fold')}`;
  return `so far ${name} leads with ${metric} ${score(mean)} ± ${score(std)}${over}${held}.`;
}

/** That it failed, and why; none when it did not. */
export const failureSentence = ({ item: { state, failure } }: Facts): string[] =>
  failure === null ? [] : [`The search is ${state}: ${failure}`];

const isOver = (state: string): boolean => ['finished', 'failed', 'cancelled', 'broken'].includes(state);

export const score = (value: number): string => value.toFixed(4);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
