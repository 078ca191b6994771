/** A search while it goes on, as the server tells of it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveEvent, SearchItem } from '../api.js';
import { API } from './load.js';

/** The table is asked for again at most so often. */
const TABLE_EVERY_MS = 1500;

/** What was told last; its table is asked for again when a configuration has settled. */
export function useLive(
  path: string,
  search: SearchItem | undefined,
  again: () => void,
): LiveEvent | undefined {
  const [event, setEvent] = useState<LiveEvent>();
  const goesOn = search !== undefined && search.endTime === null;
  const asked = useRef({ at: 0, trials: -1, timer: 0 });
  useEffect(() => {
    if (!goesOn) return;
    const source = new EventSource(`${API}${path}/events`);
    const table = asked.current;
    const ask = (): void => {
      table.at = Date.now();
      table.timer = 0;
      again();
    };
    const take = ({ data }: MessageEvent<string>): void => {
      const told = JSON.parse(data) as LiveEvent;
      setEvent(told);
      const settled = told.search.trials.settled ?? 0;
      if (settled === table.trials || table.timer !== 0) return;
      table.trials = settled;
      table.timer = window.setTimeout(ask, Math.max(0, table.at + TABLE_EVERY_MS - Date.now()));
    };
    source.addEventListener('progress', take);
    source.addEventListener('ended', (last) => {
      source.close();
      setEvent(JSON.parse((last as MessageEvent<string>).data) as LiveEvent);
      window.clearTimeout(table.timer);
      ask();
    });
    return () => {
      source.close();
      window.clearTimeout(table.timer);
      table.timer = 0;
    };
  }, [path, goesOn, again]);
  // What it told last is older than what came with the table after the end.
  return goesOn ? event : undefined;
}
