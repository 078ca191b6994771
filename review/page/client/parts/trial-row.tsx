/** One configuration in the table. */
import type { SearchView, Value } from '../../api.js';
import { plain, score } from '../format.js';
import type { Scale } from '../scale.js';
import { isNumeric, lit, togglePin } from '../shared.js';
import { Dots } from './dots.js';
import { RunCurves } from './run-curves.js';
import { State } from './state.js';
import { WhyPruned } from './why-pruned.js';

export function TrialRow({
  view,
  row,
  place,
  scale,
  columns: shown,
  width,
  isPinned,
  isOpen,
  onToggle,
  isExplained,
  onExplain,
}: {
  view: SearchView;
  row: number;
  /** Among all rows, for screen readers. */
  place: number;
  scale: Scale;
  columns: readonly string[];
  /** Columns in all. */
  width: number;
  isPinned: boolean;
  isOpen: boolean;
  onToggle: (runId: string) => void;
  /** Whether it says why it was pruned. */
  isExplained: boolean;
  onExplain: (runId: string) => void;
}) {
  const { columns, evidence, search } = view;
  const runId = columns.runId[row]!;
  const name = columns.name[row]!;
  const [mean, std] = [columns.mean[row] ?? null, columns.std[row] ?? null];
  const classes = [
    ...(runId === view.winnerRunId ? ['winner'] : []),
    ...(evidence.against.alike[row] ? ['alike'] : []),
    ...(['RUNNING', 'SCHEDULED'].includes(columns.status[row]!) ? ['open'] : []),
    ...(isPinned ? ['pinned'] : []),
    ...(lit.value === row ? ['lit'] : []),
  ];
  const point = (): void => {
    lit.value = row;
  };
  const leave = (): void => {
    if (lit.value === row) lit.value = undefined;
  };
  return (
    <>
      <tr
        class={classes.join(' ')}
        aria-rowindex={place}
        onMouseEnter={point}
        onMouseLeave={leave}
        onFocusCapture={point}
        onBlurCapture={leave}
      >
        <td class="number rank">{columns.rank[row] ?? '–'}</td>
        <th scope="row">
          <a data-row href={`/runs/${runId}`}>
            {name}
          </a>
        </th>
        <td class="plot">
          <Dots
            scores={{ mean, std, folds: columns.folds[row] ?? [] }}
            scale={scale}
            against={evidence.winner === null ? null : (columns.mean[evidence.winner] ?? null)}
            baselines={evidence.baselines}
          />
        </td>
        <td data-label={search.objective.metric} class="number score">
          {mean === null ? '–' : `${score(mean)} ± ${score(std)}`}
        </td>
        {shown.map((column) => (
          <Cell
            key={column}
            view={view}
            row={row}
            column={column}
            isExplained={isExplained}
            onExplain={onExplain}
          />
        ))}
        <td class="action">
          <button type="button" data-pin aria-pressed={isPinned} onClick={() => togglePin(name)}>
            Pin<span class="hidden"> {name}</span>
          </button>{' '}
          <button type="button" data-curves aria-expanded={isOpen} onClick={() => onToggle(runId)}>
            Curves<span class="hidden"> of {name}</span>
          </button>
        </td>
      </tr>
      {isExplained && (
        <tr class="below">
          <td colSpan={width}>
            <WhyPruned view={view} row={row} />
          </td>
        </tr>
      )}
      {isOpen && (
        <tr class="below">
          <td colSpan={width}>
            <RunCurves id={runId} />
          </td>
        </tr>
      )}
    </>
  );
}

function Cell({
  view,
  row,
  column,
  isExplained,
  onExplain,
}: {
  view: SearchView;
  row: number;
  column: string;
  isExplained: boolean;
  onExplain: (runId: string) => void;
}) {
  const { columns, evidence } = view;
  switch (column) {
    case 'difference': {
      const { difference, low, high } = evidence.against;
      const value = difference[row] ?? null;
      return (
        <td data-label="Δ to the winner" class={`number ${value === null ? 'absent soft' : ''}`}>
          {value === null ? '–' : signed(value)}
          {value !== null && low[row] != null && high[row] != null && (
            <span class="soft interval">
              {' '}
              [{signed(low[row])}, {signed(high[row])}]
            </span>
          )}
        </td>
      );
    }
    case 'generation':
      return (
        <td data-label="generation" class="number">
          {columns.generation[row] ?? '–'}
        </td>
      );
    case 'fit':
      return (
        <td data-label="fit, s" class="number">
          {columns.fitSeconds[row]?.toFixed(2) ?? '–'}
        </td>
      );
    case 'status':
      return (
        <td data-label="status">
          <State state={columns.status[row]!} />
          {columns.reason[row] && (
            <Reason
              of={columns.reason[row]}
              name={columns.name[row]!}
              pruned={columns.status[row] === 'PRUNED'}
              isExplained={isExplained}
              onExplain={() => onExplain(columns.runId[row]!)}
            />
          )}
        </td>
      );
    default:
      return (
        <Parameter
          name={column}
          value={(column === 'model' ? columns.model[row] : columns.parameters[column]?.[row]) ?? null}
          isNumber={isNumeric(view, column)}
        />
      );
  }
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

/** A value of what varies; a model kind may lack it. */
function Parameter({ name, value, isNumber }: { name: string; value: Value | null; isNumber: boolean }) {
  const classes = `${isNumber ? 'number' : ''} ${value === null ? 'absent soft' : ''}`;
  return (
    <td data-label={name} class={classes}>
      {value === null ? '–' : typeof value === 'number' ? plain(value) : String(value)}
    </td>
  );
}

/** What failed says why at once; of what was pruned the rule's words and numbers show when asked for. */
function Reason({
  of: reason,
  name,
  pruned,
  isExplained,
  onExplain,
}: {
  of: string;
  name: string;
  pruned: boolean;
  isExplained: boolean;
  onExplain: () => void;
}) {
  if (!pruned) return <span class="reason">{reason}</span>;
  // `forgiving, after 2 folds against configuration 6: …`; the rule is the same in every row.
  const short = /after \d+ folds?|at epoch \d+/.exec(reason)?.[0] ?? 'why';
  return (
    <button
      type="button"
      class="link reason quiet"
      title={reason}
      aria-expanded={isExplained}
      onClick={onExplain}
    >
      {short}
      <span class="hidden">: why {name} was pruned</span>
    </button>
  );
}
