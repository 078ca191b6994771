/** Puts an application on a port, and takes it off again. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { linger } from './linger.js';

export interface ListenOptions {
  /** @defaultValue '127.0.0.1': only this machine */
  host?: string;
  /** 0 for any free one. */
  port: number;
  /** Time for a whole request to arrive, in milliseconds. @defaultValue none: large files over slow lines */
  requestTimeoutMs?: number;
}

export interface Listening {
  /** Where clients on this machine reach it. */
  readonly uri: string;
  /** Answers what is under way, then stops. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 30_000;
/** Clients keep connections open between calls; closing an idle one too early races with their next call. */
const KEEP_ALIVE_MS = 65_000;

/**
 * When the promise resolves, the application answers.
 *
 * @throws when the port is taken or the host is none of this machine's
 */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  { host = '127.0.0.1', port, requestTimeoutMs = 0 }: ListenOptions,
): Promise<Listening> {
  // The adapter puts lighter classes in the place of the global Request and Response, worth a quarter of the processor
  // time of a small call. What a request leaves unread is for linger.ts: the adapter would hang up after half a second.
  const answer = getRequestListener(app.fetch, { autoCleanupIncoming: false });
  const lingering = new Set<Socket>();
  const headersTimeout = requestTimeoutMs
    ? Math.min(requestTimeoutMs, HEADERS_TIMEOUT_MS)
    : HEADERS_TIMEOUT_MS;
  const server = createServer(
    {
      headersTimeout,
      requestTimeout: requestTimeoutMs,
      // How often Node looks for those who are late.
      connectionsCheckingInterval: headersTimeout / 2,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (incoming: IncomingMessage, outgoing: ServerResponse) => {
      linger(incoming, outgoing, lingering);
      void answer(incoming, outgoing);
    },
  );
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    uri: `http://${reachableName(host)}:${actual}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      // close() hangs up on connections that are idle now, not on those that become so after their last answer.
      const hangUp = setInterval(() => {
        server.closeIdleConnections();
        for (const socket of lingering) socket.destroy();
      }, 50);
      await closed;
      clearInterval(hangUp);
    },
  };
}

/** Nobody can connect to "every address": loopback is one of them. */
function reachableName(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
