/** Lets a client read an answer that comes before it has sent everything. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So long a client may go on sending what nobody will read, and so long it may be silent meanwhile. */
const LINGER_MS = 30_000;
const SILENCE_MS = 5000;

/**
 * Many clients look for an answer only when their whole body is out. A connection that is closed with bytes unread
 * makes the system send a reset, and such a client sees that in place of its 413. So what is left of a body is read and
 * dropped; where the answer said `Connection: close`, only our side is closed until then.
 *
 * @param lingering Holds the connections that stay for this alone, for whoever wants to close them earlier.
 */
export function linger(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  lingering: Set<Socket>,
  { limitMs = LINGER_MS, silenceMs = SILENCE_MS } = {},
): void {
  if (!hasBody(incoming)) return;
  const { socket } = incoming;
  const destroySoon = socket.destroySoon;
  let closing = false;
  // What Node calls after an answer that said `Connection: close`.
  socket.destroySoon = () => {
    if (incoming.complete) return destroySoon.call(socket);
    closing = true;
    socket.end();
  };

  outgoing.once('finish', () => {
    incoming.resume();
    if (incoming.complete || socket.destroyed) {
      socket.destroySoon = destroySoon;
      return;
    }
    const idleMs = socket.timeout ?? 0;
    // Nobody listens for this time-out, so that Node hangs up when it comes.
    socket.setTimeout(silenceMs);
    const limit = setTimeout(() => socket.destroy(), limitMs);
    lingering.add(socket);
    const stop = () => {
      clearTimeout(limit);
      lingering.delete(socket);
      socket.off('close', stop);
    };
    socket.once('close', stop);
    incoming.once('end', () => {
      stop();
      socket.destroySoon = destroySoon;
      if (closing) socket.destroySoon();
      // Unless the next request is there already.
      else if (socket.timeout === silenceMs) socket.setTimeout(idleMs);
    });
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
