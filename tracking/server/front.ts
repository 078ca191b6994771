/**
 * Pages for people at this server's address, which it knows nothing of: whoever starts it names a module that makes them. Loaded
 * at the first request for one, as most servers are never asked.
 */
import type { Hono } from 'hono';
import type { Credentials } from '../../http/index.js';
import type { MountedFront } from './app.js';

/** Plain data, as it goes to another thread. */
export interface Front {
  /** URL of a module with a function `openFront`, see {@link OpenFront}. */
  module: string;
  /** What it answers, as Hono writes paths. */
  paths: readonly string[];
  /** Where it takes changes, by `POST`. */
  changes: readonly string[];
  /** Handed on to it, beside this server's address and login. */
  options: object;
}

/** Makes the pages. */
export type OpenFront = (options: object & FrontServer) => OpenedFront;

export interface FrontServer {
  uri: string;
  auth: Credentials;
  /** Asks this server without a way over the network: it is in this thread. */
  fetch: typeof fetch;
}

export interface OpenedFront {
  fetch(request: Request): Response | Promise<Response>;
  /** Ends what goes on by itself, such as streams. */
  close(): Promise<void>;
}

/** @param server - Known once it listens. */
export function mountFront(
  { module, paths, changes, options }: Front,
  auth: Credentials,
  server: () => { uri: string; app: Pick<Hono, 'request'> },
): MountedFront & { close(): Promise<void> } {
  let opening: Promise<OpenedFront> | undefined;
  const open = async (): Promise<OpenedFront> => {
    const { openFront } = (await import(module)) as { openFront: OpenFront };
    const { uri, app } = server();
    const { host } = new URL(uri);
    const ask: typeof fetch = async (input, init) =>
      app.request(String(input), { ...init, headers: { ...init?.headers, host } });
    return openFront({ ...options, auth, uri, fetch: ask });
  };
  return {
    paths,
    changes,
    answer: async (request) => {
      opening ??= open();
      const front = await opening.catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return front.fetch(request);
    },
    close: async () => (await opening?.catch(() => undefined))?.close(),
  };
}
