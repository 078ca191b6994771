/** A column's head, which sorts by it: one way, then the other, then as it was. */
import { setQuery } from '../router.js';

export function SortHead({
  name,
  sort,
  number = false,
  children,
}: {
  name: string;
  sort: string;
  number?: boolean;
  children: preact.ComponentChildren;
}) {
  const state = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
  const next = state === undefined ? name : state === 'ascending' ? `-${name}` : '';
  return (
    <th scope="col" class={number ? 'number' : undefined} aria-sort={state ?? 'none'}>
      <button type="button" onClick={() => setQuery('sort', next)}>
        {children}
        <span aria-hidden="true">{state === undefined ? '' : state === 'ascending' ? ' ↑' : ' ↓'}</span>
      </button>
    </th>
  );
}
