/** Clients that behave as `fetch` never does. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const open = async (uri: string, path: string, bytes: number): Promise<Socket> => {
  const { hostname, port } = new URL(uri);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
  return socket;
};

/** Goes away in the middle of a POST. */
export async function brokenOff(uri: string, path: string): Promise<void> {
  const socket = await open(uri, path, 1000);
  await new Promise((sent) => socket.write('{"inputs": ', sent));
  socket.destroy();
  await once(socket, 'close');
}
