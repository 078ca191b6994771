/** The state of a search or run in a word, and how far it is. */
import type { SearchItem } from '../../api.js';

const TONE: Readonly<Record<string, string>> = {
  failed: 'bad',
  broken: 'bad',
  running: 'live',
  queued: 'live',
  'being stopped': 'live',
  'being stopped…': 'live',
  'being cancelled…': 'live',
};

export function State({ state }: { state: string }) {
  const word = state.toLowerCase();
  return <span class={`state ${TONE[word] ?? ''}`}>{word}</span>;
}

const LIVE = new Set(['queued', 'running', 'waiting for a worker', 'paused', 'being stopped']);
export const isLive = ({ state }: Pick<SearchItem, 'state'>): boolean => LIVE.has(state);

export function Progress({ search }: { search: SearchItem }) {
  const { settled, total } = search.folds;
  if (settled === null || total === 0 || search.state === 'finished') return null;
  return (
    <progress max={total} value={settled} aria-label={`${settled} of ${total} folds`}>
      {settled} of {total}
    </progress>
  );
}
