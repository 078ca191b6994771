/** `review [SEARCH]`: the review page of what is there, with nothing else running. */
import { openPage, pageFront } from '../../review/page/server/index.js';
import { findSearch } from '../../review/results/index.js';
import { closers, openServices } from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { print, printLine } from './output.js';

export interface ReviewOptions {
  readonly port: number;
  readonly json: boolean;
}

/** The first one who opens a large search would wait a second longer: its code is loaded and its trials are read once before. */
async function warmUp(page: string, searchId: string | undefined, signal: AbortSignal): Promise<void> {
  const ask = (path: string): Promise<Response> => fetch(`${page}/api/gridsearch/v1${path}`, { signal });
  try {
    const list = (await (await ask('/searches')).json()) as { searches: { searchId: string }[] };
    const first = searchId ?? list.searches[0]?.searchId;
    if (first !== undefined) await (await ask(`/searches/${encodeURIComponent(first)}`)).arrayBuffer();
  } catch {
    // Whoever opens the page is told what is wrong.
  }
}

export async function reviewCommand(
  asked: string | undefined,
  { port, json }: ReviewOptions,
): Promise<number> {
  const stop = interruption();
  const opened = closers();
  try {
    const services = await openServices({ port, front: pageFront });
    opened.add(() => services.close());
    const search = asked === undefined ? undefined : await findSearch(services.tracking.client, asked);
    const page = await openPage(services, { port });
    opened.add(() => page.close());
    if (json) printLine('review', { page: page.uri, searchId: search?.searchId ?? null });
    else {
      const path = search === undefined ? '/searches' : `/searches/${encodeURIComponent(search.searchId)}`;
      print(`Review at ${page.uri}${path}`, 'Ctrl-C stops.');
    }
    if (!page.guarded) void warmUp(page.uri, search?.searchId, stop.signal);
    await stop.stopped;
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}
