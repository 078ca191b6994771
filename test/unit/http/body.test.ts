/** How a body is read where no connection is behind it. */
import { type Context, Hono } from 'hono';
import { expect, test } from 'vitest';
import { Refusal, wholeBody } from '../../../http/index.js';

const app = new Hono();
app.onError((error, context) => context.text(error instanceof Refusal ? error.message : String(error), 413));
app.post('/', async (context: Context) => context.text(`${(await wholeBody(context, 10)).length} bytes`));

const post = async (body: string | ReadableStream | null, headers: Record<string, string> = {}) =>
  (await app.request('/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)).text();
const streamed = (...pieces: string[]) => ReadableStream.from(pieces.map((piece) => Buffer.from(piece)));

test('a body is taken up to the limit, in one piece or several', async () => {
  expect(await post(null)).toBe('0 bytes');
  expect(await post('0123456789')).toBe('10 bytes');
  expect(await post(streamed('01234', '56789'))).toBe('10 bytes');
});

test('a longer one is refused, whether its length is declared or found out', async () => {
  const refused = 'The request exceeds the limit of 10 bytes';
  expect(await post('0123456789x')).toBe(refused);
  expect(await post(streamed('01234', '56789x'))).toBe(refused);
  // Before any of it is read.
  expect(await post(new ReadableStream(), { 'content-length': '11' })).toBe(refused);
});
