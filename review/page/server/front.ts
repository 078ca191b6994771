/**
 * The page at the address of the embedded tracking server, in whose thread this runs, behind whose gate it answers. It reads
 * through MLflow's API like everybody else.
 */
import { Queue } from 'bullmq';
import { closeRedis, connectRedis, PREFIX, SEARCH_QUEUE } from '../../../queue/index.js';
import { createTrackingClient } from '../../../tracking/client/index.js';
import { pageApp } from './app.js';
import { CLIENT_FILES } from './client-files.js';

/** What the tracking server tells of itself, and what came with the order to open the page. */
export interface FrontOptions {
  readonly uri: string;
  readonly fetch: typeof fetch;
  readonly auth: { readonly token?: string; readonly username?: string; readonly password?: string };
  readonly redisUrl: string;
}

/** Opens it, when the first request comes. */
export function openFront({ uri, fetch, auth, redisUrl }: FrontOptions) {
  const closing = new AbortController();
  const redis = connectRedis(redisUrl, { maxRetriesPerRequest: 2 });
  const searches = new Queue(SEARCH_QUEUE, { connection: redis, prefix: PREFIX });
  searches.on('error', () => undefined);
  const client = createTrackingClient({ ...auth, uri, fetch });
  const app = pageApp({ client, redis, searches, files: CLIENT_FILES, closing: closing.signal });
  return {
    fetch: (request: Request): Response | Promise<Response> => app.fetch(request),
    close: async (): Promise<void> => {
      closing.abort();
      await searches.close();
      await closeRedis(redis);
    },
  };
}
