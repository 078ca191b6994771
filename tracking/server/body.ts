/** Reads what a client sends. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { ApiError } from './errors.js';

/**
 * The request's body, piece by piece. From Node's own stream where there is one: it fails when the client breaks
 * off half-way, where the web stream made from it just ends, and half a file would pass for a whole one.
 */
export async function* bodyChunks(context: Context): AsyncGenerator<Uint8Array> {
  const incoming = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  if (incoming) {
    // Left alone when reading stops early: destroying it here would cut the answer off too.
    yield* incoming.iterator({ destroyOnReturn: false });
    if (!incoming.complete) throw new ApiError('BAD_REQUEST', 'The request broke off');
    return;
  }
  const stream = context.req.raw.body;
  if (stream) for await (const chunk of stream) yield chunk as Uint8Array;
}

/**
 * The whole body.
 *
 * @throws ApiError REQUEST_TOO_LARGE as soon as it is known to be longer than `maxBytes`.
 */
export async function wholeBody(context: Context, maxBytes: number): Promise<Buffer> {
  const tooLarge = () =>
    new ApiError('REQUEST_TOO_LARGE', `The request exceeds the limit of ${maxBytes} bytes`);
  if (Number(context.req.header('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyChunks(context)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? Buffer.from(chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
