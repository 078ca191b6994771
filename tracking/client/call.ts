/** Calls of the API: concurrency bounded, retried where that is safe, errors and answers read through a schema. */
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { z } from 'zod';
import { withoutSecrets } from '../../addresses/index.js';
import { TrackingError } from './errors.js';
import type { Answer, Body, Transport } from './transport.js';

export type Query = Record<string, string | number | readonly string[] | undefined>;

export interface CallOptions {
  query?: Query;
  /** JSON-able fields of the request. */
  json?: unknown;
  /** A body as it is, for artifacts. */
  raw?: Body;
  /**
   * Sending it twice has the effect of sending it once. If not, it is sent again only when it surely never
   * arrived. @defaultValue true
   */
  idempotent?: boolean;
}

export interface Caller {
  /** Beneath `/api/2.0/mlflow/`; the answer is read through `schema`. */
  json<T extends z.ZodType>(
    method: string,
    path: string,
    schema: T,
    options?: CallOptions,
  ): Promise<z.output<T>>;
  /** Beneath the server's root; the answer as it is. */
  bytes(method: string, path: string, options?: CallOptions): Promise<Buffer>;
}

export interface CallerOptions {
  uri: string;
  token?: string;
  username?: string;
  password?: string;
  concurrency: number;
  transport: Transport;
  signal?: AbortSignal;
}

/** Waits before each new attempt, in ms; a little luck is added so that many clients don't come back as one. */
const RETRY_DELAYS = [100, 200, 400, 800, 1600];

/** The connection never came about, so the request cannot have been carried out. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const errorBody = z.object({ error_code: z.string(), message: z.string().optional() });

export function createCaller(options: CallerOptions): Caller {
  const { uri, concurrency, transport, signal } = options;
  const root = uri.replace(/\/+$/, '');
  const limit = pLimit(concurrency);
  const authorization = authorizationHeader(options);

  const attempt = async (method: string, path: string, call: CallOptions): Promise<Answer> => {
    const url = new URL(root + path);
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value === undefined) continue;
      for (const one of typeof value === 'object' ? value : [value])
        url.searchParams.append(key, String(one));
    }
    const body = call.raw ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
    return transport({
      method,
      url,
      headers: {
        accept: 'application/json',
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(call.raw === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...(authorization ? { authorization } : {}),
      },
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    });
  };

  const send = async (method: string, path: string, call: CallOptions): Promise<Buffer> => {
    for (let retry = 0; ; retry++) {
      const wait = RETRY_DELAYS[retry];
      const failure = await attempt(method, path, call).then(
        (answer) => (answer.status < 400 ? answer : toError(method, path, answer)),
        (error: unknown) => unreachable(root, error),
      );
      if (!(failure instanceof Error)) return failure.body;
      if (signal?.aborted || wait === undefined || !isWorthAnother(failure, call.idempotent ?? true))
        throw failure;
      await delay(wait * (1 + Math.random() / 2), undefined, { ...(signal ? { signal } : {}) });
    }
  };

  return {
    json: (method, path, schema, call = {}) =>
      limit(async () => {
        const body = await send(method, `/api/2.0/mlflow/${path}`, call);
        return readAnswer(path, body, schema);
      }),
    bytes: (method, path, call = {}) => limit(() => send(method, path, call)),
  };
}

function authorizationHeader({ token, username, password }: CallerOptions): string | undefined {
  // As MLflow's own clients choose: a user with a password goes before a token.
  if (username && password) return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return token ? `Bearer ${token}` : undefined;
}

function isWorthAnother(error: TrackingError, idempotent: boolean): boolean {
  if (error.status === 0) {
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? '';
    return idempotent || NEVER_SENT.has(code);
  }
  // 429 says by its meaning that nothing was done.
  if (error.status === 429) return true;
  const temporary = error.status > 500 || (error.status === 500 && error.errorCode === 'INTERNAL_ERROR');
  return idempotent && temporary && error.status !== 501;
}

function unreachable(root: string, error: unknown): TrackingError {
  const outer = error as NodeJS.ErrnoException;
  const cause = outer.code === undefined && outer.cause instanceof Error ? outer.cause : outer;
  return new TrackingError(
    0,
    'UNREACHABLE',
    `the tracking server at ${withoutSecrets(root)} can't be reached: ${cause.message || (cause as NodeJS.ErrnoException).code}`,
    { cause },
  );
}

function toError(method: string, path: string, { status, body }: Answer): TrackingError {
  const content = body.toString();
  const parsed = errorBody.safeParse(parseJson(content));
  if (parsed.success) return new TrackingError(status, parsed.data.error_code, parsed.data.message ?? '');
  const code =
    status === 401
      ? 'UNAUTHENTICATED'
      : status === 403
        ? 'PERMISSION_DENIED'
        : status === 404
          ? 'ENDPOINT_NOT_FOUND'
          : 'INTERNAL_ERROR';
  return new TrackingError(status, code, `${method} ${path}: HTTP ${status} ${content.slice(0, 200)}`);
}

function readAnswer<T extends z.ZodType>(path: string, body: Buffer, schema: T): z.output<T> {
  const result = schema.safeParse(parseJson(body.toString()));
  if (result.success) return result.data;
  throw new TrackingError(
    200,
    'BAD_ANSWER',
    `the answer to ${path} is not MLflow's: ${z.prettifyError(result.error)}`,
  );
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
