/** One try at a download: bounded in size and in silence, and checked against all that the server says of it. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** In ms. */
export const PATIENCE = {
  /** Until a server answers. */
  answerMs: 20_000,
  /** Between two pieces of what it sends. */
  stallMs: 30_000,
  /** Before the second try; twice that before the third. */
  pauseMs: 1000,
};

/** Why a try failed. */
export class Trouble extends Error {
  constructor(
    message: string,
    /** Whether another try may go better. */
    readonly passing: boolean,
  ) {
    super(message);
  }
}

export interface Fetched {
  readonly size: number;
  readonly sha256: string;
}

const MAX_REDIRECTS = 5;

/** Writes the body to `path`. @throws Trouble */
export async function fetchOnce(
  address: string,
  path: string,
  { maxBytes, hub = false }: { maxBytes: number; hub?: boolean },
  { answerMs, stallMs }: typeof PATIENCE,
): Promise<Fetched> {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number, what: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Trouble(`${what} for ${ms / 1000} s`, true)), ms);
  };
  try {
    wait(answerMs, 'no answer');
    const { response, promised } = await follow(address, silence.signal, hub);
    const { status, headers, body } = response;
    if (status !== 200 || body === null)
      throw new Trouble(`HTTP ${status}`, status >= 500 || status === 429 || status === 408);
    const length = headers.get('content-length');
    const announced = length === null || headers.has('content-encoding') ? undefined : Number(length);
    const tooLarge = new Trouble(`it has more than the ${maxBytes / 2 ** 20} MiB that are taken`, false);
    if (announced !== undefined && announced > maxBytes) throw tooLarge;
    const file = await open(path, 'w');
    const hash = createHash('sha256');
    let size = 0;
    try {
      wait(stallMs, 'no data');
      for await (const chunk of body) {
        wait(stallMs, 'no data');
        size += chunk.length;
        if (size > maxBytes) throw tooLarge;
        hash.update(chunk);
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
    if (announced !== undefined && size !== announced)
      throw new Trouble(`only ${size} of ${announced} bytes came`, true);
    const sha256 = hash.digest('hex');
    if (promised !== undefined && promised !== sha256)
      throw new Trouble(`what came has SHA-256 ${sha256}, and ${promised} was promised`, true);
    return { size, sha256 };
  } catch (error) {
    if (silence.signal.aborted) throw silence.signal.reason;
    if (error instanceof Trouble || (error as NodeJS.ErrnoException).syscall === 'write') throw error;
    throw new Trouble(reasonOf(error), true);
  } finally {
    clearTimeout(timer);
    // A body that was not read to its end would keep its connection.
    silence.abort();
  }
}

/** Redirects by hand: the hub says the SHA-256 in its own answer, not in that of the place it sends to. */
async function follow(
  address: string,
  signal: AbortSignal,
  hub: boolean,
): Promise<{ response: Response; promised: string | undefined }> {
  let promised: string | undefined;
  for (let url = new URL(address), hops = 0; ; hops++) {
    const response = await fetch(url, {
      signal,
      redirect: 'manual',
      // Packed on the way, a body's length would not be the one announced.
      headers: { 'accept-encoding': 'identity' },
    });
    const etag =
      response.headers.get('x-linked-etag') ?? (hub && hops === 0 ? response.headers.get('etag') : null);
    promised ??= /^"?([0-9a-f]{64})"?$/.exec(etag ?? '')?.[1];
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return { response, promised };
    await response.body?.cancel();
    if (hops === MAX_REDIRECTS) throw new Trouble(`more than ${MAX_REDIRECTS} redirects`, false);
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && next.protocol !== url.protocol)
      throw new Trouble(`it sends to ${next.origin}, which is not HTTPS`, false);
    url = next;
  }
}

/** fetch itself only says that it failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const inner = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : '';
  return (inner || message).split('\n')[0]!;
}
