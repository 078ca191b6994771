/** What a server does on real connections: slow senders, senders that go on after their answer, senders that vanish. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';
import {
  bodyChunks,
  type Listening,
  type ListenOptions,
  listen,
  Refusal,
  wholeBody,
} from '../../../http/index.js';
import { linger } from '../../../http/linger.js';

const LIMIT = 1000;
let server: Listening | undefined;
let refusals: string[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
  server = undefined;
  refusals = [];
});

async function start(options: Partial<ListenOptions> = {}): Promise<string> {
  const app = new Hono();
  app.onError((error, context) => {
    refusals.push(error instanceof Refusal ? error.reason : String(error));
    return context.text(error.message, 413);
  });
  app.post('/', async (context) => context.text(`${(await wholeBody(context, LIMIT)).length} bytes`));
  app.post('/closing', async (context) => {
    context.header('Connection', 'close');
    return context.text(`${(await wholeBody(context, LIMIT)).length} bytes`);
  });
  app.post('/impatient', async (context) => {
    let bytes = 0;
    for await (const chunk of bodyChunks(context, 1000)) bytes += chunk.length;
    return context.text(`${bytes} bytes`);
  });
  app.get('/', (context) => context.text('hello'));
  server = await listen(app, { port: 0, ...options });
  return server.uri;
}

async function open(uri: string, allowHalfOpen = false): Promise<Socket> {
  const socket = connect({ port: Number(new URL(uri).port), host: '127.0.0.1', allowHalfOpen });
  // Nothing is read before the test asks for it.
  socket.pause();
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const head = (path: string, ...headers: string[]) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
/** Waits until it is out of this process, as a client does that looks for no answer before its body is sent. */
const send = (socket: Socket, data: string | Uint8Array) =>
  new Promise<void>((sent, failed) => {
    socket.write(data, (error) => (error ? failed(error) : sent()));
  });
async function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (pattern.test(text)) return text;
  }
  throw new Error(`the connection ended after ${JSON.stringify(text)}`);
}

/** Far more than the buffers of both sides hold. */
const MEGABYTES = 40;
const megabyte = Buffer.alloc(2 ** 20);

describe('a body over the limit', () => {
  test.each([
    ['declared', '/', [`Content-Length: ${MEGABYTES * 2 ** 20}`]],
    [
      'declared, on a connection that the client ends',
      '/',
      [`Content-Length: ${MEGABYTES * 2 ** 20}`, 'Connection: close'],
    ],
    [
      'declared, on a connection that the server ends',
      '/closing',
      [`Content-Length: ${MEGABYTES * 2 ** 20}`],
    ],
    ['found out', '/', ['Transfer-Encoding: chunked']],
    [
      'found out, on a connection that the client ends',
      '/',
      ['Transfer-Encoding: chunked', 'Connection: close'],
    ],
    ['found out, on a connection that the server ends', '/closing', ['Transfer-Encoding: chunked']],
  ])('%s, is answered to a client that reads only when all is sent', async (_, path, headers) => {
    const socket = await open(await start());
    await send(socket, head(path, ...headers));
    const chunked = headers.includes('Transfer-Encoding: chunked');
    for (let sent = 0; sent < MEGABYTES; sent++) {
      if (chunked) await send(socket, `${megabyte.length.toString(16)}\r\n`);
      await send(socket, megabyte);
      if (chunked) await send(socket, '\r\n');
    }
    if (chunked) await send(socket, '0\r\n\r\n');
    const answer = await readUntil(socket, /limit of 1000 bytes$/);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each(['/', '/closing'])('is answered to a client that sends slowly to %s', async (path) => {
    const socket = await open(await start());
    await send(socket, head(path, 'Content-Length: 200000'));
    for (let sent = 0; sent < 20; sent++) {
      await send(socket, megabyte.subarray(0, 10_000));
      await sleep(75);
    }
    expect(await readUntil(socket, /limit of 1000 bytes$/)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('leaves the connection to the next request', async () => {
    const socket = await open(await start());
    await send(socket, head('/', 'Content-Length: 1000000'));
    await send(socket, Buffer.alloc(1_000_000));
    await readUntil(socket, /limit of 1000 bytes$/);
    await send(socket, head('/', 'Content-Length: 3'));
    await send(socket, 'abc');
    expect(await readUntil(socket, /bytes$/)).toMatch(/^HTTP\/1\.1 200 .*3 bytes$/s);
  });

  test.each(['keep-alive', 'close'])(
    'is not listened to forever: neither in silence nor without end, on a connection to %s',
    async (connection) => {
      const answering = createServer((incoming, outgoing) => {
        linger(incoming, outgoing, new Set(), { limitMs: 3000, silenceMs: 1000 });
        outgoing.end('no');
      }).listen(0, '127.0.0.1');
      await once(answering, 'listening');
      const uri = `http://127.0.0.1:${(answering.address() as AddressInfo).port}`;
      const refused = async () => {
        const connected = once(answering, 'connection') as Promise<[Socket]>;
        const socket = await open(uri, true);
        const [served] = await connected;
        await send(socket, head('/', 'Content-Length: 1000000', `Connection: ${connection}`));
        await readUntil(socket, /\r\n\r\nno$/);
        socket.on('error', () => undefined);
        return { socket, served, since: performance.now() };
      };
      const silent = await refused();
      await once(silent.served, 'close');
      expect(performance.now() - silent.since).toBeLessThan(2900);
      const endless = await refused();
      while (!endless.served.closed) {
        endless.socket.write('x');
        await sleep(50);
      }
      expect(performance.now() - endless.since).toBeGreaterThan(2900);
      answering.close();
    },
  );

  test('does not keep a server from closing', async () => {
    const socket = await open(await start());
    await send(socket, head('/', 'Content-Length: 1000000'));
    await readUntil(socket, /limit of 1000 bytes$/);
    const closing = performance.now();
    await server?.close();
    server = undefined;
    expect(performance.now() - closing).toBeLessThan(3000);
  });
});

describe('a sender', () => {
  test('that goes away in the middle is no error', async () => {
    const uri = await start();
    for (let upload = 0; upload < 20; upload++) {
      const socket = await open(uri);
      await send(socket, head('/', upload % 2 ? 'Content-Length: 900' : 'Transfer-Encoding: chunked'));
      await send(socket, '5\r\nhello\r\n');
      socket.destroy();
    }
    await expect.poll(() => refusals.length).toBe(20);
    expect(new Set(refusals)).toEqual(new Set(['broke-off']));
  });

  test('that falls silent in the middle is cut off, one that only takes its time is not', async () => {
    const uri = await start();
    const slow = await open(uri);
    await send(slow, head('/impatient', 'Content-Length: 10'));
    for (let sent = 0; sent < 10; sent++) {
      await send(slow, 'x');
      await sleep(200);
    }
    expect(await readUntil(slow, /bytes$/)).toMatch(/^HTTP\/1\.1 200 .*10 bytes$/s);
    const silent = await open(uri);
    await send(silent, head('/impatient', 'Content-Length: 10'));
    await send(silent, 'x');
    silent.resume();
    await once(silent, 'close');
    await expect.poll(() => refusals).toEqual(['broke-off']);
  });

  test('that needs longer for a request than it may is told so', async () => {
    const socket = await open(await start({ requestTimeoutMs: 300 }));
    await send(socket, head('/', 'Content-Length: 1000'));
    let over = false;
    const dripping = (async () => {
      while (!over) {
        socket.write('x');
        await sleep(50);
      }
    })();
    expect(await readUntil(socket, /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 408 /);
    over = true;
    await dripping;
  });
});

describe('an address to listen on', () => {
  test.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['localhost', /^http:\/\/localhost:\d+$/],
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
  ])('%s gives an address that can be asked', async (host, pattern) => {
    const uri = await start({ host });
    expect(uri).toMatch(pattern);
    expect(await (await fetch(uri)).text()).toBe('hello');
  });

  test('is refused when it is taken', async () => {
    const { port } = new URL(await start());
    await expect(listen(new Hono(), { port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
