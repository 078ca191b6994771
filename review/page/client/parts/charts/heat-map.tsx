/** The mean score for each pair of values of two parameters. */

import type { Value } from '../../../api.js';
import { inkOn, viridis } from '../../colors.js';
import { plain } from '../../format.js';
import { place } from '../../router.js';
import { axesOf, type Drawn, isMeasured, valuesOf } from '../../shared.js';
import { xmlText } from '../../xml.js';
import { Figure } from '../figure.js';
import { Choice } from './scatter.js';

/** More values than these on a side make no map. */
const MOST = 24;

export function HeatMap({ drawn }: { drawn: Drawn }) {
  const { view, rows } = drawn;
  const fields = axesOf(view).filter((name) => {
    const values = new Set(valuesOf(view, name).filter((value) => value !== null));
    return !isMeasured(name) && values.size > 1 && values.size <= MOST;
  });
  if (fields.length < 2) return null;
  const asked = (key: string, otherwise: string): string => {
    const name = place.value.query.get(key) ?? '';
    return fields.includes(name) ? name : otherwise;
  };
  const across = asked('hx', fields[0]!);
  const down = asked('hy', fields.find((name) => name !== across)!);
  const { columns, cells, best } = cellsOf(drawn, across, down);
  const says =
    best === undefined
      ? 'No score is known yet.'
      : `${across} ${shown(best.across)} with ${down} ${shown(best.down)} is best: ${plain(Number(best.mean.toPrecision(4)))} on average over ${best.count} of ${rows.length}.`;
  return (
    <Figure
      id="heat"
      title="Two parameters together"
      says={says}
      numbers={() => ({
        head: [across, down, view.search.objective.metric, 'configurations'],
        rows: cells.map(({ across, down, mean, count }) => [across, down, mean, count]),
      })}
      drawing={() => mapSvg(across, down, columns, cells)}
    >
      {() => (
        <>
          <div class="fields">
            <Choice label="Across" name="hx" fields={fields} value={across} drawn={drawn} />
            <Choice label="Down" name="hy" fields={fields} value={down} drawn={drawn} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
          <section class="heat" tabIndex={0} aria-label={says}>
            <table>
              <thead>
                <tr>
                  <th scope="col">
                    {down} ↓ {across} →
                  </th>
                  {columns.across.map((value) => (
                    <th key={shown(value)} scope="col">
                      {shown(value)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {columns.down.map((of) => (
                  <tr key={shown(of)}>
                    <th scope="row">{shown(of)}</th>
                    {columns.across.map((value) => {
                      const cell = cells.find((one) => one.across === value && one.down === of);
                      if (cell === undefined) return <td key={shown(value)}>–</td>;
                      return (
                        <td
                          key={shown(value)}
                          style={{ background: viridis(cell.share), color: inkOn(cell.share) }}
                        >
                          {cell.mean.toFixed(3)}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </Figure>
  );
}

const shown = (value: Value): string => (typeof value === 'number' ? plain(value) : String(value));

interface HeatCell {
  readonly across: Value;
  readonly down: Value;
  readonly mean: number;
  readonly count: number;
  /** Place between the worst cell and the best. */
  readonly share: number;
}

function cellsOf({ view, rows }: Drawn, across: string, down: string) {
  const [xs, ys] = [valuesOf(view, across), valuesOf(view, down)];
  const sums = new Map<string, { across: Value; down: Value; sum: number; count: number }>();
  for (const row of rows) {
    const [x, y, mean] = [xs[row] ?? null, ys[row] ?? null, view.columns.mean[row] ?? null];
    if (x === null || y === null || mean === null) continue;
    const key = JSON.stringify([x, y]);
    const { sum, count } = sums.get(key) ?? { sum: 0, count: 0 };
    sums.set(key, { across: x, down: y, sum: sum + mean, count: count + 1 });
  }
  const means = [...sums.values()].map((one) => ({ ...one, mean: one.sum / one.count }));
  const [low, high] = [
    Math.min(...means.map(({ mean }) => mean)),
    Math.max(...means.map(({ mean }) => mean)),
  ];
  const turned = view.search.objective.direction === 'minimize';
  const cells: HeatCell[] = means.map(({ across, down, mean, count }) => {
    const share = high === low ? 1 : (mean - low) / (high - low);
    return { across, down, mean, count, share: turned ? 1 - share : share };
  });
  const sorted = (values: readonly Value[]): Value[] =>
    [...new Set(values)].sort((a, b) =>
      typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)),
    );
  return {
    cells,
    columns: { across: sorted(cells.map((one) => one.across)), down: sorted(cells.map((one) => one.down)) },
    best: cells.find(({ share }) => share === 1),
  };
}

function mapSvg(
  across: string,
  down: string,
  columns: { readonly across: readonly Value[]; readonly down: readonly Value[] },
  cells: readonly HeatCell[],
): string {
  const [w, h, left, top] = [72, 30, 140, 30];
  const text = (x: number, y: number, content: string, fill = '#1b1f24'): string =>
    `<text x="${x}" y="${y}" text-anchor="middle" fill="${fill}">${xmlText(content)}</text>`;
  const parts = [
    text(left / 2, 18, `${down} ↓ ${across} →`),
    ...columns.across.map((value, i) => text(left + i * w + w / 2, 18, shown(value))),
    ...columns.down.map((value, j) => text(left / 2, top + j * h + 20, shown(value))),
    ...cells.map(({ across, down, mean, share }) => {
      const [x, y] = [left + columns.across.indexOf(across) * w, top + columns.down.indexOf(down) * h];
      return `<rect x="${x}" y="${y}" width="${w - 2}" height="${h - 2}" fill="${viridis(share)}"/>${text(x + w / 2 - 1, y + 19, mean.toFixed(3), inkOn(share))}`;
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + columns.across.length * w}" height="${top + columns.down.length * h}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>`;
}
