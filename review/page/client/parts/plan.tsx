/** What a search will take, tried out before it is submitted. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CheckedSpace, PlanEvent, Planned } from '../../api.js';
import { bytes, counted, duration } from '../format.js';
import { lines } from '../load.js';

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
  const { seconds, atLeast, workers, engine, memory, kinds } = plan;
  const on = `on ${counted(workers.count, 'worker')} (${WHOSE[workers.from]})`;
  return (
    <>
      <p>
        {seconds === null
          ? `Time: not known ${on}, as a probe failed.`
          : `Time: ${atLeast ? 'at least' : 'about'} ${duration(seconds * 1000)} ${on}, engine ${engine}; early stopping and pruning take less.`}
      </p>
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
          {kinds.map(({ model, configurations, seconds, probes }) => (
            <tr key={model}>
              <th scope="row">{model}</th>
              <td data-label="Configurations" class="number">
                {configurations}
              </td>
              <td data-label="Fold, smallest" class="number">
                {foldTime(probes[0])}
              </td>
              <td data-label="Fold, largest" class="number">
                {foldTime(probes.at(-1))}
              </td>
              <td data-label="On one core" class="number">
                {seconds === null ? '?' : duration(seconds * 1000)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {kinds.flatMap(({ model, probes }) =>
        probes.flatMap(({ failure }) =>
          failure === null
            ? []
            : [
                <p key={model} class="failure">
                  A probe of {model} failed: {failure}
                </p>,
              ],
        ),
      )}
    </>
  );
}

function foldTime(probe: Planned['kinds'][number]['probes'][number] | undefined): string {
  if (probe === undefined || probe.seconds === null) return '?';
  const text = probe.seconds < 10 ? `${probe.seconds.toPrecision(2)} s` : duration(probe.seconds * 1000);
  return probe.stopped && probe.rows === 0 ? `over ${text}` : text;
}
