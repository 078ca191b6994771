/** The filter of a view: in the address, reached by `/`. */
import type { ComponentChildren } from 'preact';
import { setQuery } from '../router.js';

export function FilterBox({
  value,
  hint,
  error,
  children,
}: {
  value: string;
  hint: string;
  error?: string | undefined;
  children?: ComponentChildren;
}) {
  return (
    <div class="filter">
      <label>
        <span>Filter</span>
        <input
          id="filter"
          type="search"
          value={value}
          placeholder={hint}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={error !== undefined}
          aria-describedby="filter-says"
          onInput={(event) => setQuery('filter', event.currentTarget.value)}
        />
      </label>
      <output id="filter-says" class={error === undefined ? '' : 'bad'}>
        {error ?? children}
      </output>
    </div>
  );
}
