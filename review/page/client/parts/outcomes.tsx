/** How configurations ended, each outcome a filter; and what pruning spared. */
import type { SearchView } from '../../api.js';
import { withClauses } from '../brush.js';
import { counted } from '../format.js';
import { setQuery } from '../router.js';
import { sparedOf } from '../spared.js';

const OUTCOMES = [
  ['finished', 'complete'],
  ['pruned', 'pruned'],
  ['failed', 'failed'],
  ['killed', 'given up'],
  ['running', 'under way'],
  ['scheduled', 'waiting'],
] as const;

export function Outcomes({ view, filter }: { view: SearchView; filter: string }) {
  const { columns } = view;
  const counts = OUTCOMES.map(
    ([status, word]) =>
      [status, word, columns.status.filter((one) => one.toLowerCase() === status).length] as const,
  ).filter(([, , count]) => count > 0);
  if (counts.length < 2) return null;
  const spared = columns.runId.reduce((sum, _, row) => sum + sparedOf(view, row), 0);
  const now = counts.find(([status]) => filter.split(/\s+and\s+/i).includes(`status = ${status}`))?.[0];
  const set = (clauses: readonly string[]) => setQuery('filter', withClauses(filter, 'status', clauses));
  return (
    <fieldset class="outcomes">
      <legend class="hidden">Configurations by outcome</legend>
      <button type="button" aria-pressed={now === undefined} onClick={() => set([])}>
        all {columns.runId.length}
      </button>
      {counts.map(([status, word, count]) => (
        <button
          key={status}
          type="button"
          aria-pressed={now === status}
          onClick={() => set(now === status ? [] : [`status = ${status}`])}
        >
          {word} {count}
        </button>
      ))}
      {spared > 0 && <span class="soft">{counted(spared, 'fold')} spared</span>}
    </fieldset>
  );
}
