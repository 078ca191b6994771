/** Configurations as points; the one that is pointed at here or elsewhere has a ring. */
import type { Value } from '../../../api.js';
import type { Axis } from '../../axis.js';
import { go } from '../../router.js';
import { type Drawn, lit } from '../../shared.js';
import type { Box } from './frame.js';

export function Points({
  drawn,
  box,
  x,
  y,
  xs,
  ys,
}: {
  drawn: Drawn;
  box: Box;
  x: Axis;
  y: Axis;
  xs: readonly (Value | null)[];
  ys: readonly (Value | null)[];
}) {
  const { view, kept } = drawn;
  const { columns, evidence } = view;
  const placed = columns.runId.flatMap((_, row) => {
    const [a, b] = [xs[row] ?? null, ys[row] ?? null];
    return a === null || b === null ? [] : [{ row, cx: box.x(x.at(a)), cy: box.y(y.at(b)) }];
  });
  // Those that are shown lie above those that are not, the winner above all.
  const order = (row: number): number => (row === evidence.winner ? 2 : kept.has(row) ? 1 : 0);
  const sorted = placed.toSorted((a, b) => order(a.row) - order(b.row));
  return (
    <>
      {sorted.map(({ row, cx, cy }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the table has the same rows as links
        <circle
          key={row}
          class={`point${kept.has(row) ? '' : ' out'}${row === evidence.winner ? ' first' : ''}`}
          cx={cx.toFixed(1)}
          cy={cy.toFixed(1)}
          r={row === evidence.winner ? 5 : 3.5}
          onMouseEnter={() => {
            lit.value = row;
          }}
          onMouseLeave={() => {
            lit.value = undefined;
          }}
          onClick={() => go(`/runs/${columns.runId[row]}`)}
        >
          <title>{columns.name[row]}</title>
        </circle>
      ))}
      <Ring placed={placed} name={columns.name} />
    </>
  );
}

/** Apart from the points, so that pointing at one does not draw them all anew. */
function Ring({
  placed,
  name,
}: {
  placed: readonly { readonly row: number; readonly cx: number; readonly cy: number }[];
  name: readonly string[];
}) {
  const found = lit.value === undefined ? undefined : placed.find(({ row }) => row === lit.value);
  if (found === undefined) return null;
  const { row, cx, cy } = found;
  return (
    <g pointer-events="none">
      <circle class="lit" cx={cx} cy={cy} r="7" />
      <text x={cx} y={cy - 11} text-anchor="middle">
        {name[row]}
      </text>
    </g>
  );
}
