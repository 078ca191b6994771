/** An HTTP proxy in front of a tracking server, as bad as gateways and networks are. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What becomes of one request. */
export type Fault =
  /** The server answers. */
  | { readonly kind: 'pass' }
  /** It never reaches the server; this is the answer. */
  | { readonly kind: 'refuse'; readonly status: number }
  /** The connection breaks, before or after the server did the work. */
  | { readonly kind: 'drop'; readonly after: boolean }
  /** The server does the work, and the gateway answers that it gave up. */
  | { readonly kind: 'give up' }
  /** The gateway gives up at once, and the request reaches the server so many ms later. */
  | { readonly kind: 'late'; readonly ms: number };

export const PASS: Fault = { kind: 'pass' };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

/** The requests that one carries: itself, or those of a batch. */
export function partsOf(seen: Seen): Seen[] {
  if (!seen.path.endsWith('/gridsearch/batch')) return [seen];
  const { chains } = JSON.parse(String(seen.body)) as { chains: { path: string; json: object }[][] };
  return chains
    .flat()
    .map(({ path, json }) => ({ method: 'POST', path, body: Buffer.from(JSON.stringify(json)) }));
}

export interface FaultyProxy {
  readonly uri: string;
  /** Decides what becomes of each request. */
  fault: (request: Seen) => Fault | Promise<Fault>;
  /** Requests that were not passed on as they should have been. */
  readonly faults: number;
  close(): Promise<void>;
}

export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let faults = 0;
  const late = new Set<Promise<unknown>>();

  const forward = (
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ head: IncomingMessage; answer: Buffer }> =>
    new Promise((resolve, reject) => {
      const headers = {
        ...incoming.headers,
        host: `${hostname}:${port}`,
        'content-length': String(body.length),
      };
      delete headers['transfer-encoding'];
      const outgoing = request(
        { hostname, port, agent, method: incoming.method, path: incoming.url, headers },
        async (head) => resolve({ head, answer: await whole(head) }),
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await whole(incoming);
    const fault = await proxy.fault({ method: incoming.method!, path: incoming.url!, body });
    if (fault.kind !== 'pass') faults++;
    switch (fault.kind) {
      case 'refuse':
        response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<h1>trouble</h1>');
        return;
      case 'drop':
        if (fault.after) await forward(incoming, body);
        incoming.socket.destroy();
        return;
      case 'give up':
        await forward(incoming, body);
        response.writeHead(504, { 'content-type': 'text/html' }).end('<h1>gateway time-out</h1>');
        return;
      case 'late': {
        const landing = sleep(fault.ms)
          .then(() => forward(incoming, body))
          .catch(() => undefined)
          .finally(() => late.delete(landing));
        late.add(landing);
        response.writeHead(504, { 'content-type': 'text/html' }).end('<h1>gateway time-out</h1>');
        return;
      }
      case 'pass': {
        const { head, answer } = await forward(incoming, body);
        const { 'transfer-encoding': _, ...headers } = head.headers;
        response.writeHead(head.statusCode!, { ...headers, 'content-length': answer.length }).end(answer);
      }
    }
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = {
    uri: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    fault: (): Fault => PASS,
    get faults() {
      return faults;
    },
    close: async () => {
      await Promise.all(late);
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  } as FaultyProxy;
  return proxy;
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
