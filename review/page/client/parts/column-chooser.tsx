/** Which columns of a table are shown: the address holds those that are not. */
import { place, setQuery } from '../router.js';

export const hiddenColumns = (): ReadonlySet<string> =>
  new Set((place.value.query.get('hide') ?? '').split(',').filter(Boolean));

export function ColumnChooser({
  columns,
  titles,
  hidden,
}: {
  columns: readonly string[];
  titles: Readonly<Record<string, string>>;
  hidden: ReadonlySet<string>;
}) {
  return (
    <details class="chooser">
      <summary>Columns</summary>
      {columns.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={!hidden.has(name)}
            onChange={() => {
              const next = new Set(hidden);
              if (!next.delete(name)) next.add(name);
              setQuery('hide', [...next].join(','));
            }}
          />
          {titles[name] ?? name}
        </label>
      ))}
    </details>
  );
}
