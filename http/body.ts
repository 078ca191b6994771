/** Reads what a client sends. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { Refusal } from './errors.js';

/** A client that sends nothing for so long in the middle of its body is cut off, however long the whole may take. */
const SILENCE_MS = 60_000;

/**
 * The request's body, piece by piece. From Node's own stream where there is one: it fails when the client breaks
 * off half-way, where the web stream made from it just ends, and half a file would pass for a whole one.
 *
 * @throws Refusal `broke-off`
 */
export async function* bodyChunks(context: Context, silenceMs = SILENCE_MS): AsyncGenerator<Uint8Array> {
  const incoming = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  if (incoming) {
    const { socket } = incoming;
    // Nobody listens for this time-out, so that Node hangs up when it comes.
    socket.setTimeout(silenceMs);
    try {
      // Left alone when reading stops early: destroying it here would cut the answer off too.
      yield* incoming.iterator({ destroyOnReturn: false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') throw brokeOff();
      throw error;
    } finally {
      socket.setTimeout(0);
    }
    if (!incoming.complete) throw brokeOff();
    return;
  }
  const stream = context.req.raw.body;
  if (stream) for await (const chunk of stream) yield chunk as Uint8Array;
}

/**
 * The whole body.
 *
 * @throws Refusal `too-large` as soon as it is known to be longer than `maxBytes`; `broke-off`
 */
export async function wholeBody(context: Context, maxBytes: number): Promise<Buffer> {
  if (Number(context.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyChunks(context)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? Buffer.from(chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

const brokeOff = () => new Refusal('broke-off', 'The request broke off');
const tooLarge = (maxBytes: number) =>
  new Refusal('too-large', `The request exceeds the limit of ${maxBytes} bytes`);
