/** Where the page is once services are open. */

import { Hono } from 'hono';
import { type Credentials, gate, listen, missingCredential, Refusal } from '../../../http/index.js';
import { listenTrouble, type Services } from '../../../orchestrator/app/index.js';
import { trackingFromEnv } from '../../../tracking/client/index.js';
import { pageApp } from './app.js';
import { CLIENT_FILES } from './client-files.js';

export interface Page {
  readonly uri: string;
  /** Whether it asks for a login. */
  readonly guarded: boolean;
  close(): Promise<void>;
}

export interface PagePlace {
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly allowedHosts?: readonly string[];
}

/**
 * The page's address. The embedded tracking server has it already; beside another server it gets a port of its own, and asks for
 * the same login as that server, as whoever reads the page reads what is there.
 *
 * @throws InputError when the port is taken
 */
export async function openPage(
  services: Services,
  { host = '127.0.0.1', port, allowedHosts = [] }: PagePlace,
): Promise<Page> {
  const { tracking, redis, searches } = services;
  if (tracking.embedded) {
    return { uri: tracking.uri, guarded: tracking.guarded, close: async () => undefined };
  }
  const closing = new AbortController();
  const page = pageApp({
    client: tracking.client,
    redis,
    searches,
    files: CLIENT_FILES,
    closing: closing.signal,
  });
  const credentials = login(process.env);
  const app = new Hono();
  app.onError((error, context) => {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason !== 'credentials') return context.text(`${error.message}.`, 403);
    return context.text(`${error.message}.`, 401, { 'WWW-Authenticate': 'Basic realm="gridsearch"' });
  });
  app.use(gate({ allowedHosts: [...allowedHosts, host], credentials }));
  app.route('/', page);
  const server = await listen(app, { host, port }).catch((error: unknown) => {
    throw listenTrouble(error, host, port);
  });
  return {
    uri: server.uri,
    guarded: Boolean(credentials.token || credentials.username),
    close: async () => {
      closing.abort();
      await server.close();
    },
  };
}

/** The login that the tracking server is told, which may also stand in its address; a half one it is not told either. */
function login(env: NodeJS.ProcessEnv): Credentials {
  const { uri = '', ...given } = trackingFromEnv(env);
  const { username, password } = new URL(uri);
  if (username) return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return missingCredential(given) ? {} : given;
}
