/** Which columns of a table are shown: the address holds those that are not. */
import { place, setQuery } from '../router.js';

/** @param unsaid - Hidden where the address does not say. */
export function hiddenColumns(unsaid: readonly string[] = []): ReadonlySet<string> {
  const said = place.value.query.get('hide');
  return new Set(said === null ? unsaid : said.split(',').filter(Boolean));
}

/** In the address, where all are shown though some are not by themselves. */
const NONE = '-';

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
              next.delete(NONE);
              setQuery('hide', [...next].join(',') || NONE);
            }}
          />
          {titles[name] ?? name}
        </label>
      ))}
    </details>
  );
}
