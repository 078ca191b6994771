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

/** Sends a POST to its last byte, as many clients do, before anything of the answer is read. */
export async function sentWhole(uri: string, path: string, bytes: number): Promise<Socket> {
  const socket = await open(uri, path, bytes);
  socket.pause();
  const piece = Buffer.alloc(2 ** 20, 32);
  for (let left = bytes; left > 0; left -= piece.length) {
    await new Promise<void>((sent, failed) => {
      socket.write(piece.subarray(0, left), (error) => (error ? failed(error) : sent()));
    });
  }
  return socket;
}

/** Goes away in the middle of a POST. */
export async function brokenOff(uri: string, path: string): Promise<void> {
  const socket = await open(uri, path, 1000);
  await new Promise((sent) => socket.write('{"inputs": ', sent));
  socket.destroy();
  await once(socket, 'close');
}
