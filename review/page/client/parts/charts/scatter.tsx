/** Any two fields against each other: a score by a parameter's values, score against time or work with the Pareto front. */
import type { Value } from '../../../api.js';
import { plain, score } from '../../format.js';
import { place, setQuery } from '../../router.js';
import { axesOf, axisFor, type Drawn, isBetter, isMeasured, titleOf, valuesOf } from '../../shared.js';
import { Figure } from '../figure.js';
import { BaselineLines } from './baselines.js';
import { Frame } from './frame.js';
import { Points } from './points.js';

/** A parameter with so many values or fewer has the mean of each marked. */
const FEW = 20;

export function Scatter({ drawn }: { drawn: Drawn }) {
  const { view, rows } = drawn;
  const fields = axesOf(view);
  const asked = (key: string, otherwise: string): string => {
    const name = place.value.query.get(key) ?? '';
    return fields.includes(name) ? name : otherwise;
  };
  const top = view.evidence.importances.flatMap(({ effects }) => effects)[0]?.parameters[0];
  const xName = asked('x', top !== undefined && fields.includes(top) ? top : fields[0]!);
  const yName = asked('y', 'mean');
  const [xs, ys] = [valuesOf(view, xName), valuesOf(view, yName)];
  const isParameter = !isMeasured(xName);
  const levels = isParameter ? levelsOf(xs, ys, rows) : [];
  const front = !isParameter && xName !== 'mean' && yName === 'mean' ? frontOf(drawn, xs, ys) : [];
  const says =
    levels.length > 1
      ? `Mean by ${xName}: ${levels
          .slice(0, 6)
          .map(({ value, mean }) => `${shown(value)} ${plain(Number(mean.toPrecision(3)))}`)
          .join(', ')}${levels.length > 6 ? ', …' : ''}.`
      : front.length > 0
        ? `${front.length} of ${rows.length} can’t be beaten in score without a higher ${titleOf(view, xName)}: ${front
            .slice(0, 4)
            .map((row) => view.columns.name[row])
            .join(', ')}${front.length > 4 ? ', …' : ''}.`
        : `${titleOf(view, yName)} by ${titleOf(view, xName)}, a point each configuration.`;
  return (
    <Figure
      id="scatter"
      title="Score by parameter, time or work"
      says={says}
      numbers={() => ({
        head: ['name', titleOf(view, xName), titleOf(view, yName)],
        rows: rows.map((row) => [view.columns.name[row], xs[row], ys[row]]),
      })}
    >
      {() => {
        const [x, y] = [axisFor(view, xName), axisFor(view, yName)];
        return (
          <>
            <div class="fields">
              <Choice label="Across" name="x" fields={fields} value={xName} drawn={drawn} />
              <Choice label="Up" name="y" fields={fields} value={yName} drawn={drawn} />
            </div>
            <Frame x={x} y={y} xTitle={titleOf(view, xName)} yTitle={titleOf(view, yName)} label={says}>
              {(box) => (
                <>
                  {yName === 'mean' && <BaselineLines drawn={drawn} y={y} box={box} />}
                  <Points drawn={drawn} box={box} x={x} y={y} xs={xs} ys={ys} />
                  {levels.map(({ value, mean }) => (
                    <line
                      key={shown(value)}
                      class="level"
                      x1={box.x(x.at(value)) - 14}
                      x2={box.x(x.at(value)) + 14}
                      y1={box.y(y.at(mean))}
                      y2={box.y(y.at(mean))}
                    />
                  ))}
                  {front.length > 1 && (
                    <polyline
                      class="front"
                      points={front
                        .map((row) => `${box.x(x.at(xs[row]!))},${box.y(y.at(ys[row]!))}`)
                        .join(' ')}
                    />
                  )}
                </>
              )}
            </Frame>
            {levels.length > 1 && <p class="note">A bar marks the mean of all that have a value.</p>}
            {front.length > 1 && (
              <p class="note">
                The line is the Pareto front, from {score(ys[front[0]!] as number)} to{' '}
                {score(ys[front.at(-1)!] as number)}.
              </p>
            )}
          </>
        );
      }}
    </Figure>
  );
}

const shown = (value: Value): string => (typeof value === 'number' ? plain(value) : String(value));

export function Choice({
  label,
  name,
  fields,
  value,
  drawn,
}: {
  label: string;
  name: string;
  fields: readonly string[];
  value: string;
  drawn: Drawn;
}) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => setQuery(name, event.currentTarget.value)}>
        {fields.map((field) => (
          <option key={field} value={field}>
            {titleOf(drawn.view, field)}
          </option>
        ))}
      </select>
    </label>
  );
}

function levelsOf(
  xs: readonly (Value | null)[],
  ys: readonly (Value | null)[],
  rows: readonly number[],
): { value: Value; mean: number }[] {
  const sums = new Map<Value, { sum: number; count: number }>();
  for (const row of rows) {
    const [value, score] = [xs[row] ?? null, ys[row] ?? null];
    if (value === null || typeof score !== 'number') continue;
    const { sum, count } = sums.get(value) ?? { sum: 0, count: 0 };
    sums.set(value, { sum: sum + score, count: count + 1 });
  }
  if (sums.size > FEW) return [];
  return [...sums]
    .map(([value, { sum, count }]) => ({ value, mean: sum / count }))
    .sort((a, b) =>
      typeof a.value === 'number' && typeof b.value === 'number'
        ? a.value - b.value
        : String(a.value).localeCompare(String(b.value)),
    );
}

/** Rows that no other beats in score at the same price or less, cheapest first. */
function frontOf(
  { view, rows }: Drawn,
  xs: readonly (Value | null)[],
  ys: readonly (Value | null)[],
): number[] {
  const known = rows.filter((row) => typeof xs[row] === 'number' && typeof ys[row] === 'number');
  const price = (row: number): number => xs[row] as number;
  const reached = (row: number): number => ys[row] as number;
  const sorted = known.toSorted(
    (a, b) => price(a) - price(b) || (isBetter(view, reached(a), reached(b)) ? -1 : 1),
  );
  const front: number[] = [];
  for (const row of sorted)
    if (front.length === 0 || isBetter(view, reached(row), reached(front.at(-1)!))) front.push(row);
  return front;
}
