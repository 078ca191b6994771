/** The configurations of a search, best first: folds on a common scale, the parameters that vary, what it took, how it ended. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import '../styles/trials.css';
import type { SearchView } from '../../api.js';
import { toCsv } from '../csv.js';
import { download } from '../download.js';
import { counted, plain } from '../format.js';
import { compareHref, place, setQuery } from '../router.js';
import { fieldOf } from '../rows.js';
import { scaleOf } from '../scale.js';
import { type Drawn, isNumeric, lit, pinnedNames, runIdsOf } from '../shared.js';
import { useWindow } from '../use-window.js';
import { WHOLE } from '../window.js';
import { ColumnChooser, hiddenColumns } from './column-chooser.js';
import { Axis } from './dots.js';
import { SortHead } from './sort-head.js';
import { TrialRow } from './trial-row.js';

/** Columns that can be hidden, in their order. */
const columnsOf = ({ columns, varying, terms }: SearchView): string[] => [
  'difference',
  ...(terms.generation !== null ? ['generation'] : []),
  ...(new Set(columns.model).size > 1 ? ['model'] : []),
  ...varying,
  'fit',
  'status',
];

const TITLES: Readonly<Record<string, string>> = {
  difference: 'Δ to the winner',
  generation: 'gen.',
  fit: 'fit, s',
  status: 'Status',
};

/** Rows are cards there, and what matters least is not on them unless asked for. */
const isNarrow = (): boolean => matchMedia('(max-width: 720px)').matches;

export function Trials({ drawn }: { drawn: Drawn }) {
  const { view } = drawn;
  const { columns, search, evidence } = view;
  const sort = place.value.query.get('sort') ?? '';
  const [opened, toggle] = useToggled();
  const [explained, explain] = useToggled();
  const scale = useMemo(() => scaleOf(allScores(view)), [columns, evidence]);
  const all = columnsOf(view);
  const hidden = hiddenColumns(isNarrow() ? ['generation'] : []);
  const shownColumns = all.filter((name) => !hidden.has(name));
  const pinned = pinnedNames();
  // Pinned ones stand first, whatever the filter says.
  const first = pinned.map((name) => columns.name.indexOf(name)).filter((row) => row >= 0);
  const rows = [...first, ...drawn.rows.filter((row) => !first.includes(row))];
  const [body, shown] = useWindow(rows.length);
  useEffect(() => {
    return () => {
      lit.value = undefined;
    };
  }, []);
  const { metric } = search.objective;
  const width = 5 + shownColumns.length;
  return (
    <section aria-labelledby="configurations">
      <h2 id="configurations">Configurations</h2>
      <p class="says">
        A dot each fold, ● the mean, the bar ± one standard deviation; the dashed line is the mean of the
        winner. {evidence.rule !== null && 'Rows with a tint can’t be told from it. '}
        {evidence.baselines.length > 0 &&
          `The other line: ${evidence.baselines.map(({ name }) => name).join(', ')}.`}
      </p>
      <div class="fields">
        <ColumnChooser columns={all} titles={TITLES} hidden={hidden} />
        <button
          type="button"
          onClick={() => download(`${search.searchId}.csv`, 'text/csv', csvOf(view, rows))}
        >
          CSV<span class="hidden"> of the configurations</span>
        </button>
        {pinned.length > 0 && (
          <span class="pins">
            {counted(first.length, 'configuration')} pinned{' '}
            {first.length > 1 && (
              <a data-compare href={compareHref(runIdsOf(columns, pinned))}>
                Compare
              </a>
            )}{' '}
            <button type="button" onClick={() => setQuery('pin', '')}>
              Unpin all
            </button>
          </span>
        )}
      </div>
      <div class="trials-box">
        <table class="rows trials" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <SortHead name="rank" sort={sort} number>
                #
              </SortHead>
              <SortHead name="name" sort={sort}>
                Name
              </SortHead>
              <th scope="col" class="plot">
                <span class="hidden">Folds, {metric}</span>
                <Axis scale={scale} />
              </th>
              <SortHead name="mean" sort={sort} number>
                {metric}, mean ± std
              </SortHead>
              {shownColumns.map((name) => (
                <SortHead key={name} name={name} sort={sort} number={isNumeric(view, name)}>
                  {TITLES[name] ?? name}
                </SortHead>
              ))}
              <th scope="col">
                <span class="hidden">Pin, learning curves</span>
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {shown.above > 0 && (
              <tr class="room">
                <td colSpan={width} style={{ height: `${shown.above}px` }} />
              </tr>
            )}
            {rows.slice(shown.from, shown.to).map((row, i) => (
              <TrialRow
                // Of a long table rows change their content rather than their place: that is cheaper to draw.
                key={rows.length > WHOLE ? shown.from + i : columns.runId[row]}
                view={view}
                row={row}
                place={shown.from + i + 2}
                scale={scale}
                columns={shownColumns}
                width={width}
                isPinned={first.includes(row)}
                isOpen={opened.has(columns.runId[row]!)}
                onToggle={toggle}
                isExplained={explained.has(columns.runId[row]!)}
                onExplain={explain}
              />
            ))}
            {shown.below > 0 && (
              <tr class="room">
                <td colSpan={width} style={{ height: `${shown.below}px` }} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {rows.length > WHOLE && (
        <p class="note">{counted(rows.length, 'row')}; those near the screen are drawn.</p>
      )}
      {rows.length === 0 && columns.runId.length > 0 && (
        <p class="note">
          Nothing fits this filter.{' '}
          <button type="button" onClick={() => setQuery('filter', '')}>
            Show all
          </button>
        </p>
      )}
      {columns.runId.length === 0 && <p class="note">No configuration has been handed out yet.</p>}
      {Object.keys(view.shared).length > 0 && (
        <details>
          <summary>What all configurations share</summary>
          <dl class="pairs">
            {Object.entries(view.shared).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{typeof value === 'number' ? plain(value) : String(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

/** Rows, by run, that show more than the others. */
function useToggled(): [ReadonlySet<string>, (runId: string) => void] {
  const [those, set] = useState<ReadonlySet<string>>(new Set());
  const toggle = (runId: string): void => {
    const next = new Set(those);
    if (!next.delete(runId)) next.add(runId);
    set(next);
  };
  return [those, toggle];
}

/** Every number that the plot shows. */
function* allScores({ columns: { folds, mean, std }, evidence }: SearchView): Generator<number> {
  for (const ofRow of folds) for (const fold of ofRow) if (fold !== null) yield fold;
  for (let row = 0; row < mean.length; row++) {
    const [middle, spread] = [mean[row], std[row]];
    if (middle === null || middle === undefined) continue;
    yield middle - (spread ?? 0);
    yield middle + (spread ?? 0);
  }
  // One far from all scores would leave them no room.
  const known = mean.filter((one) => one !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  for (const { mean: baseline } of evidence.baselines)
    if (known.length > 0 && Math.min(Math.abs(baseline - low), Math.abs(baseline - high)) < 0.12)
      yield baseline;
}

function csvOf(view: SearchView, rows: readonly number[]): string {
  const { columns, evidence, varying, terms } = view;
  const generation = terms.generation === null ? [] : ['generation'];
  const folds = columns.folds[0]?.length ?? 0;
  const { difference, low, high, p } = evidence.against;
  return toCsv(
    [
      ...['rank', 'name', 'run_id', 'model', ...generation, ...varying, 'mean', 'std'],
      ...Array.from({ length: folds }, (_, fold) => `fold_${fold}`),
      ...['difference', 'difference_low', 'difference_high', 'p', 'fit_seconds', 'status', 'reason'],
    ],
    rows.map((row) => [
      ...[columns.rank[row], columns.name[row], columns.runId[row], columns.model[row]],
      ...[...generation, ...varying].map((name) => fieldOf(columns, row, name)),
      ...[columns.mean[row], columns.std[row]],
      ...(columns.folds[row] ?? []),
      ...[difference[row], low[row], high[row], p[row]],
      ...[columns.fitSeconds[row], columns.status[row], columns.reason[row]],
    ]),
  );
}
