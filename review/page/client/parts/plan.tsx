/** What a search will take, tried out before it is submitted. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CheckedSpace, PlanEvent, Planned } from '../../api.js';
import { bytes, counted, duration } from '../format.js';
import { lines } from '../load.js';

type Kind = Planned['kinds'][number];
type Told = { readonly says: string } | { readonly failure: string } | { readonly plan: Planned };

/** @param draft - Changes when what is written changes: a plan of what was written before is none of it. */
export function Plan({
  draft,
  disabled,
  onIssues,
}: {
  draft: { readonly name: string; readonly text: string };
  disabled: boolean;
  onIssues: (issues: CheckedSpace['issues']) => void;
}) {
  const [told, setTold] = useState<Told>();
  const leaving = useRef<AbortController | undefined>(undefined);
  const stop = (): void => {
    leaving.current?.abort();
    leaving.current = undefined;
    setTold(undefined);
  };
  useEffect(() => stop, [draft.name, draft.text]);
  const make = async (): Promise<void> => {
    const mine = new AbortController();
    leaving.current = mine;
    setTold({ says: 'reading the data…' });
    const tell = (next: Told | undefined) => {
      if (!mine.signal.aborted) setTold(next);
    };
    let last: Told = { failure: 'The plan ended without an answer; try again.' };
    try {
      for await (const event of lines<PlanEvent>('/searches/plan', draft, mine.signal)) {
        if ('say' in event) tell({ says: event.say });
        else if ('issues' in event) {
          if (!mine.signal.aborted) onIssues(event.issues);
          return tell(undefined);
        } else last = event;
      }
    } catch (error) {
      last = { failure: (error as Error).message };
    }
    tell(last);
  };
  const isBusy = told !== undefined && 'says' in told;
  return (
    <>
      <div class="plan" role="status" aria-live="polite">
        {told === undefined ? null : 'says' in told ? (
          <p class="note">Planning: {told.says}</p>
        ) : 'failure' in told ? (
          <p class="failure">{told.failure}</p>
        ) : (
          <Answer plan={told.plan} />
        )}
      </div>
      <button type="button" disabled={disabled && !isBusy} onClick={isBusy ? stop : make}>
        {isBusy ? 'Stop planning' : 'Plan'}
      </button>
    </>
  );
}

const WHOSE = { option: 'as asked', queue: 'at the queue now', cores: 'as run would start here' } as const;

function Answer({ plan }: { plan: Planned }) {
  const { memory, kinds } = plan;
  return (
    <>
      <p>{timeLine(plan)}</p>
      {memory !== null && (
        <p class={memory.all > memory.machine ? 'warning' : undefined}>
          Memory: about {bytes(memory.process)} a training process, {bytes(memory.all)} in all; this machine
          has {bytes(memory.machine)}
          {memory.all > memory.machine && ', which is too little: use fewer workers'}.
        </p>
      )}
      <table class="rows kinds">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            {['Configurations', 'Fold, smallest', 'Fold, largest', 'On one core'].map((title) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind.model}>
              <th scope="row">{kind.model}</th>
              <td data-label="Configurations" class="number">
                {kind.configurations}
              </td>
              <td data-label="Fold, smallest" class="number">
                {foldTime(kind, 0)}
              </td>
              <td data-label="Fold, largest" class="number">
                {foldTime(kind, -1)}
              </td>
              <td data-label="On one core" class="number">
                {kind.seconds === null ? '?' : duration(kind.seconds * 1000)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {kinds.map((kind) => (
        <Origin key={kind.model} {...kind} />
      ))}
    </>
  );
}

/** As `gridsearch plan` says it. */
function timeLine({ seconds, atLeast, atMost, workers, engine, kinds }: Planned): string {
  const on = `on ${counted(workers.count, 'worker')} (${WHOSE[workers.from]})`;
  if (seconds === null) return `Time: not known ${on}, as a probe failed.`;
  const about = atMost !== null ? 'at most' : atLeast ? 'at least' : 'about';
  const why = atMost === 'max_duration' ? ' (max_duration)' : '';
  // Folds that were stopped early are among the earlier ones.
  const less = [
    ...(kinds.some(({ earlier }) => earlier === null) ? ['early stopping'] : []),
    ...(atMost === 'pruning' ? ['pruning'] : []),
  ];
  const takes =
    less.length === 0 ? '' : `; ${less.join(' and ')} ${less.length === 1 ? 'takes' : 'take'} less`;
  return `Time: ${about} ${duration(seconds * 1000)}${why} ${on}, engine ${engine}${takes}.`;
}

/** What a person should know of where a kind's time comes from. */
function Origin({ model, probes, earlier }: Kind) {
  if (earlier !== null)
    return (
      <p class="note">
        {model}: by {counted(earlier.folds, 'fold')} of {earlier.searches.join(', ')}, nothing tried.
      </p>
    );
  return (
    <>
      {probes.flatMap(({ failure }) =>
        failure === null
          ? []
          : [
              <p key={failure} class="failure">
                A probe of {model} failed: {failure}
              </p>,
            ],
      )}
    </>
  );
}

/** Of a fold of the smallest configuration, or of the largest. */
function foldTime({ probes, earlier }: Kind, end: 0 | -1): string {
  const seconds = earlier === null ? probes.at(end)?.seconds : earlier.foldSeconds.at(end);
  if (seconds === null || seconds === undefined) return '?';
  const text = seconds < 10 ? `${seconds.toPrecision(2)} s` : duration(seconds * 1000);
  const isOver = earlier === null && probes.at(end)?.stopped && probes.at(end)?.rows === 0;
  return isOver ? `over ${text}` : text;
}
