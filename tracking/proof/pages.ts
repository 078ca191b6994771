/** Serves MLflow's own web pages, as its package brings them, in front of another tracking server. */
import { once } from 'node:events';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { getMimeType } from 'hono/utils/mime';

/** The built pages inside of the environment that `setup/mlflow.sh` makes; `bin` is its folder of programs. */
export async function pagesFolder(bin: string): Promise<string> {
  const lib = join(bin, '..', 'lib');
  for (const python of await readdir(lib)) {
    const folder = join(lib, python, 'site-packages', 'mlflow', 'server', 'js', 'build');
    if (existsSync(join(folder, 'index.html'))) return folder;
  }
  throw new Error(`no web pages of MLflow under ${lib}`);
}

/** `/` and `/static-files/` are the pages; everything else is asked of `uri`. */
export async function servePages(
  folder: string,
  uri: string,
): Promise<{ uri: string; close: () => Promise<void> }> {
  const target = new URL(uri);
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? '/', uri);
    const file = pathname === '/' ? 'index.html' : /^\/static-files\/(.*)$/.exec(pathname)?.[1];
    const done = file === undefined ? forward(incoming, outgoing, target) : sendFile(outgoing, folder, file);
    done.catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function sendFile(outgoing: ServerResponse, folder: string, name: string): Promise<void> {
  const path = join(folder, normalize(`/${name}`));
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    outgoing.writeHead(404).end();
    return;
  }
  outgoing.writeHead(200, { 'content-type': getMimeType(path) ?? 'application/octet-stream' });
  await pipeline(createReadStream(path), outgoing);
}

async function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: URL): Promise<void> {
  const { method, url, headers } = incoming;
  const asked = request({
    hostname: target.hostname,
    port: target.port,
    path: url,
    method,
    headers: { ...headers, host: target.host },
  });
  const [[answer]] = (await Promise.all([once(asked, 'response'), pipeline(incoming, asked)])) as [
    [IncomingMessage],
    undefined,
  ];
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, outgoing);
}
