/** What a person can do with a search: one entry each, besides its route in the server's `controls.ts`. */
import { signal } from '@preact/signals';
import type { SearchItem } from '../../api.js';
import { Confirmed } from './confirmed.js';
import { isLive } from './state.js';

interface Control {
  /** Last part of its route. */
  readonly name: string;
  readonly label: string;
  /** Whether it can be asked for as the search stands. */
  readonly offered: (search: SearchItem) => boolean;
  /** What will happen. */
  readonly question: (search: SearchItem) => string;
  /** A number that is asked for. */
  readonly field?: (search: SearchItem) => Parameters<typeof Confirmed>[0]['field'];
  /** What the state says from the wish on, until it is through; and whether it is. */
  readonly meanwhile?: { readonly state: string; readonly over: (search: SearchItem) => boolean };
}

const hasEnded = ({ endTime }: SearchItem): boolean => endTime !== null;

const CONTROLS: readonly Control[] = [
  {
    name: 'pause',
    label: 'Pause',
    offered: (search) =>
      isLive(search) &&
      search.state !== 'paused' &&
      wishOf(search) === undefined &&
      search.state !== 'being stopped',
    question: ({ searchId }) =>
      `Pause ${searchId}? Folds at hand end and count; no other begins until it is resumed. Other searches go on.`,
  },
  {
    name: 'resume',
    label: 'Resume',
    offered: ({ state }) => state === 'interrupted' || state === 'paused',
    question: ({ searchId }) => `Go on with ${searchId} where it stopped?`,
  },
  {
    name: 'stop',
    label: 'Stop',
    offered: (search) =>
      search.step === 'plan' &&
      isLive(search) &&
      search.state !== 'being stopped' &&
      wishOf(search) === undefined,
    question: ({ searchId, trials }) =>
      `Stop ${searchId} now? It hands out no more, what is under way is dropped, and the best of the configurations that are complete (${trials.settled ?? 0} of ${trials.total} are through) is refit, measured and registered. That can’t be taken back.`,
    meanwhile: { state: 'being stopped…', over: hasEnded },
  },
  {
    name: 'cancel',
    label: 'Cancel the search',
    offered: isLive,
    question: ({ searchId }) =>
      `Cancel ${searchId} for good? What it has finished stays in tracking; nothing is refit or registered, and it can’t be resumed.`,
    meanwhile: { state: 'being cancelled…', over: hasEnded },
  },
  {
    name: 'priority',
    label: 'Priority',
    offered: isLive,
    question: ({ searchId }) =>
      `How large a share of the workers ${searchId} gets beside other searches: with 3 three times the folds of one with 1.`,
    field: ({ priority }) => ({
      name: 'priority',
      label: 'Priority',
      min: 1,
      max: 100,
      value: priority ?? 1,
    }),
  },
];

/** What was wished in this page, by search. */
const wishes = signal<Readonly<Record<string, string>>>({});

/** What becomes of the search, where that was wished and is not through. */
export function wishOf(search: SearchItem): string | undefined {
  const { meanwhile } = CONTROLS.find(({ name }) => name === wishes.value[search.searchId]) ?? {};
  return meanwhile === undefined || meanwhile.over(search) ? undefined : meanwhile.state;
}

export function Controls({
  search,
  path,
  onChanged,
}: {
  search: SearchItem;
  path: string;
  onChanged: () => void;
}) {
  return (
    <>
      {CONTROLS.filter(({ offered }) => offered(search)).map(({ name, label, question, field }) => (
        <Confirmed
          key={name}
          label={label}
          question={question(search)}
          path={`${path}/${name}`}
          body={{}}
          {...(field && { field: field(search) })}
          onChanged={(isDone) => {
            if (isDone) wishes.value = { ...wishes.value, [search.searchId]: name };
            onChanged();
          }}
        />
      ))}
    </>
  );
}
