/** A search while it goes on, as server-sent events: each holds all there is to know, so a lost one costs nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { hasEnded, jobsOfTrial, readBudget, readSearch, type SearchSummary } from '../../results/index.js';
import type { LiveEvent } from '../api.js';
import { type Sources, searchItem } from './list.js';

const EVERY_MS = 1000;
/** A quiet connection may be taken for dead on the way. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * @param closing - Ends the stream: a server stops when nothing is under way any more.
 * @param onEnd - Called once, however it ends.
 */
export function liveEvents(
  context: Context,
  sources: Sources,
  { runId }: SearchSummary,
  closing: AbortSignal,
  onEnd: () => void,
): Response {
  return streamSSE(context, async (stream) => {
    const left = new AbortController();
    stream.onAbort(() => left.abort());
    const ends = AbortSignal.any([closing, left.signal]);
    try {
      let id = 0;
      let sent = '';
      let sentAt = Date.now();
      while (!ends.aborted) {
        const { data, over } = await eventOf(sources, runId);
        if (data !== sent) {
          sent = data;
          sentAt = Date.now();
          await stream.writeSSE({ id: String(++id), event: over ? 'ended' : 'progress', data });
        } else if (Date.now() - sentAt > SIGN_OF_LIFE_MS) {
          sentAt = Date.now();
          await stream.write(': still here\n\n');
        }
        if (over) return;
        await sleep(EVERY_MS, undefined, { signal: ends }).catch(() => undefined);
      }
    } finally {
      onEnd();
    }
  });
}

async function eventOf(sources: Sources, parentRunId: string): Promise<{ data: string; over: boolean }> {
  const search = await readSearch(sources.client, parentRunId);
  const { item, status } = await searchItem(sources, search);
  const open = (status.progress?.open ?? [])
    .map(({ configuration, settled }) => ({
      name: `${configuration.model}-${configuration.index}`,
      settled,
    }))
    .filter(({ settled }) => settled < (jobsOfTrial(search) ?? 0));
  const budget = await readBudget(sources.client, search, status.progress, status.control);
  const event: LiveEvent = { search: item, budget, open: open.slice(0, MOST_OPEN) };
  return { data: JSON.stringify(event), over: hasEnded(search.status) || item.state === 'broken' };
}

/** Configurations under way that are told of. */
const MOST_OPEN = 200;
