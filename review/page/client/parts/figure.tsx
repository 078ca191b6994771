/** A view of a search: a line that says what to see in it, the drawing once it is opened, its numbers, and both to take away. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import '../styles/figure.css';
import { type Cell, toCsv } from '../csv.js';
import { download, svgText } from '../download.js';
import { place, setQuery } from '../router.js';

export interface Numbers {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Rows of the table that are shown; the CSV has all. */
const MOST_ROWS = 500;

export function Figure({
  id,
  title,
  says,
  numbers,
  drawing,
  children,
}: {
  id: string;
  title: string;
  says: ComponentChildren;
  /** Asked for when the view is open. */
  numbers: () => Numbers;
  /** The drawing as SVG, where it is not one on the page. */
  drawing?: () => string;
  /** Called when the view is open. */
  children: () => ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  const opened = (place.value.query.get('open') ?? '').split(',').filter(Boolean);
  const isOpen = opened.includes(id);
  const toggle = (): void =>
    setQuery('open', (isOpen ? opened.filter((one) => one !== id) : [...opened, id]).join(','));
  const svg = (): string | undefined => {
    if (drawing) return drawing();
    const found = box.current?.querySelector<SVGSVGElement>('svg[data-drawing]');
    return found ? svgText(found) : undefined;
  };
  return (
    <section class={isOpen ? 'view opened' : 'view'} aria-labelledby={`view-${id}`}>
      <h2 id={`view-${id}`}>
        <button type="button" class="link" aria-expanded={isOpen} onClick={toggle}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {title}
        </button>
      </h2>
      <p class="says">{says}</p>
      {isOpen && (
        <div ref={box}>
          {children()}
          <p class="tools">
            <button
              type="button"
              onClick={() => {
                const text = svg();
                if (text) download(`${id}.svg`, 'image/svg+xml', text);
              }}
            >
              SVG<span class="hidden"> of {title}</span>
            </button>
            <button
              type="button"
              onClick={() => {
                const { head, rows } = numbers();
                download(`${id}.csv`, 'text/csv', toCsv(head, rows));
              }}
            >
              CSV<span class="hidden"> of {title}</span>
            </button>
          </p>
          <details>
            <summary>Numbers</summary>
            <NumbersTable numbers={numbers()} />
          </details>
        </div>
      )}
    </section>
  );
}

function NumbersTable({ numbers: { head, rows } }: { numbers: Numbers }) {
  return (
    <>
      <table class="plain">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, j) => (
                <td key={j} class={typeof cell === 'number' ? 'number' : undefined}>
                  {shown(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p class="note">
          The first {MOST_ROWS} of {rows.length}; the CSV has all.
        </p>
      )}
    </>
  );
}

const shown = (cell: Cell): string =>
  cell === null || cell === undefined
    ? '–'
    : typeof cell === 'number' && !Number.isInteger(cell)
      ? String(Number(cell.toPrecision(5)))
      : String(cell);
