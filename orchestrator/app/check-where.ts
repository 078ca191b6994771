/** Whether constraints leave something of a search, before anything is queued. */
import { leftOfSearch, type Submission } from '../search/index.js';
import { issueAt, type SearchSpace, SearchSpaceError } from '../space/index.js';

/**
 * Checks that constraints leave something; how much is told with the size of the search.
 *
 * @throws SearchSpaceError when nothing is left, or too little for strategies that draw, or a constraint has no answer
 */
export function checkWhere(
  space: SearchSpace,
  submission: Pick<Submission, 'models' | 'where' | 'strategy' | 'seed' | 'objective'>,
): void {
  if (space.where.length === 0) return;
  const refuse = (what: string, remedy: string) =>
    new SearchSpaceError([issueAt(space, { path: ['where'], what, remedy })]);
  const { count, all, missing } = counted();
  if (count === 0)
    throw refuse(
      `leaves none of the ${Number.isFinite(all) ? configurations(all) : 'points drawn'}`,
      'loosen it',
    );
  if (missing > 0)
    throw refuse(
      `leaves almost nothing: drawing finds ${configurations(count ?? 0)} and misses ${missing}`,
      'loosen it, or lower max_trials',
    );
  function counted() {
    try {
      return leftOfSearch({ ...submission, context: submission });
    } catch (error) {
      throw refuse(String(error instanceof Error ? error.message : error), 'correct it');
    }
  }
}

const configurations = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'configuration' : 'configurations'}`;
