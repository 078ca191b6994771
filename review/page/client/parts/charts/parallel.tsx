/** Parallel coordinates: an axis for each thing that varies and for what came of it, a line for each configuration. */
import type { Axis } from '../../axis.js';
import { rangeClauses, rangeOf, withClauses } from '../../brush.js';
import { type ParallelAxis, parallelSvg } from '../../parallel.js';
import { place, setQuery } from '../../router.js';
import { axesOf, axisFor, type Drawn, shareOf, titleOf, valueAt, valuesOf } from '../../shared.js';
import { useWidth } from '../../use-width.js';
import { Figure } from '../figure.js';
import { ParallelCanvas } from './parallel-canvas.js';

const HEIGHT = 320;
/** An axis needs so much room for its labels, px; a narrow screen scrolls. */
const ROOM = 110;

/** Which axes, in which order, which of them turned over: `units,-dropout`. */
function chosenAxes(fields: readonly string[]): { name: string; turned: boolean }[] {
  const asked = (place.value.query.get('axes') ?? '').split(',').filter(Boolean);
  const chosen = asked
    .map((text) => ({ name: text.replace(/^-/, ''), turned: text.startsWith('-') }))
    .filter(({ name }) => fields.includes(name));
  if (chosen.length > 0) return chosen;
  return fields.filter((name) => name !== 'cost' && name !== 'size').map((name) => ({ name, turned: false }));
}

export function Parallel({ drawn }: { drawn: Drawn }) {
  const { view, rows } = drawn;
  const fields = axesOf(view);
  const chosen = chosenAxes(fields);
  const filter = place.value.query.get('filter') ?? '';
  const total = view.columns.runId.length;
  const says = `A line each configuration, the brighter the better. Drag along an axis to brush it, click it to take the brush away.`;
  const setAxes = (axes: readonly { name: string; turned: boolean }[]): void =>
    setQuery('axes', axes.map(({ name, turned }) => (turned ? `-${name}` : name)).join(','));
  const setRange = (name: string, clauses: readonly string[]): void =>
    setQuery('filter', withClauses(filter, name, clauses));
  const laidOut = (width: number): ParallelAxis[] =>
    chosen.map(({ name, turned }, i) => ({
      name,
      turned,
      title: titleOf(view, name),
      axis: axisFor(view, name),
      values: valuesOf(view, name),
      x: chosen.length === 1 ? width / 2 : 36 + (i * (width - 72)) / (chosen.length - 1),
    }));
  const usual = Math.max(900, chosen.length * ROOM);
  return (
    <Figure
      id="parallel"
      title="Parallel coordinates"
      says={says}
      numbers={() => ({
        head: ['name', ...chosen.map(({ name }) => titleOf(view, name))],
        rows: rows.map((row) => [
          view.columns.name[row],
          ...chosen.map(({ name }) => valueAt(view, row, name)),
        ]),
      })}
      drawing={() => parallelSvg(laidOut(usual), rows, shareOf(view), usual, HEIGHT)}
    >
      {() => (
        <>
          <Lines drawn={drawn} count={chosen.length} laidOut={laidOut} onBrush={setRange} />
          <TopShare total={total} filter={filter} onChange={(clauses) => setRange('rank', clauses)} />
          <ol class="axes" aria-label="Axes">
            {chosen.map((one, i) => (
              <li key={one.name}>
                <span class="name">{titleOf(view, one.name)}</span>
                <Range
                  name={one.name}
                  axis={axisFor(view, one.name)}
                  filter={filter}
                  onChange={(clauses) => setRange(one.name, clauses)}
                />
                <button
                  type="button"
                  disabled={i === 0}
                  aria-label={`Move ${one.name} to the left`}
                  onClick={() => setAxes(moved(chosen, i, -1))}
                >
                  ←
                </button>
                <button
                  type="button"
                  disabled={i === chosen.length - 1}
                  aria-label={`Move ${one.name} to the right`}
                  onClick={() => setAxes(moved(chosen, i, 1))}
                >
                  →
                </button>
                <button
                  type="button"
                  aria-pressed={one.turned}
                  onClick={() =>
                    setAxes(chosen.map((axis, j) => (j === i ? { ...axis, turned: !axis.turned } : axis)))
                  }
                >
                  invert<span class="hidden"> {one.name}</span>
                </button>
                <button
                  type="button"
                  disabled={chosen.length < 3}
                  onClick={() => setAxes(chosen.filter((_, j) => j !== i))}
                >
                  hide<span class="hidden"> {one.name}</span>
                </button>
              </li>
            ))}
          </ol>
          {fields.some((name) => chosen.every((one) => one.name !== name)) && (
            <p class="tools">
              {fields
                .filter((name) => chosen.every((one) => one.name !== name))
                .map((name) => (
                  <button
                    key={name}
                    type="button"
                    onClick={() => setAxes([...chosen, { name, turned: false }])}
                  >
                    show {titleOf(view, name)}
                  </button>
                ))}
            </p>
          )}
        </>
      )}
    </Figure>
  );
}

function Lines({
  drawn,
  count,
  laidOut,
  onBrush,
}: {
  drawn: Drawn;
  count: number;
  laidOut: (width: number) => ParallelAxis[];
  onBrush: (name: string, clauses: readonly string[]) => void;
}) {
  const [ref, room] = useWidth<HTMLElement>();
  const width = Math.max(room, count * ROOM);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class="parallel" ref={ref} tabIndex={0} aria-label="Parallel coordinates">
      <ParallelCanvas drawn={drawn} axes={laidOut(width)} width={width} height={HEIGHT} onBrush={onBrush} />
    </section>
  );
}

/** The best so many per cent, as a comparison of ranks. */
function TopShare({
  total,
  filter,
  onChange,
}: {
  total: number;
  filter: string;
  onChange: (clauses: readonly string[]) => void;
}) {
  const { to } = rangeOf(filter, 'rank');
  const shown = to === '' ? '' : String(Math.round((Number(to) / total) * 100));
  return (
    <p class="fields">
      <label>
        Best
        <input
          type="number"
          aria-label="Best per cent"
          min="1"
          max="100"
          value={shown}
          placeholder="100"
          onChange={({ currentTarget: { value } }) => {
            const most = Math.max(1, Math.ceil((Number(value) / 100) * total));
            onChange(value === '' || Number(value) >= 100 ? [] : [`rank <= ${most}`]);
          }}
        />
        %
      </label>
    </p>
  );
}

/** What brushing an axis does, in fields. */
function Range({
  name,
  axis,
  filter,
  onChange,
}: {
  name: string;
  axis: Axis;
  filter: string;
  onChange: (clauses: readonly string[]) => void;
}) {
  const { from, to } = rangeOf(filter, name);
  if (axis.kind === 'category') {
    return (
      <select
        value={from}
        aria-label={`${name} is`}
        onChange={({ currentTarget: { value } }) => onChange(value === '' ? [] : [`${name} = ${value}`])}
      >
        <option value="">all</option>
        {axis.ticks.map(({ label }) => (
          <option key={label} value={label}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  const field = (label: string, value: string, changed: (value: string) => readonly string[]) => (
    <input
      type="text"
      inputMode="decimal"
      value={value}
      placeholder={label}
      aria-label={`${name} ${label}`}
      onChange={({ currentTarget }) => {
        const text = currentTarget.value.trim();
        if (text === '' || Number.isFinite(Number(text))) onChange(changed(text));
        else currentTarget.value = value;
      }}
    />
  );
  return (
    <>
      {field('from', from, (value) => rangeClauses(name, value, to))}
      {field('to', to, (value) => rangeClauses(name, from, value))}
    </>
  );
}

function moved<T>(all: readonly T[], from: number, by: number): T[] {
  const changed = [...all];
  const [one] = changed.splice(from, 1);
  changed.splice(from + by, 0, one!);
  return changed;
}
