/** Calls of the API: concurrency bounded, retried where that is safe, errors and answers read through a schema. */
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { z } from 'zod';
import { withoutSecrets } from '../../addresses/index.js';
import { isUnknownEndpoint, TrackingError } from './errors.js';
import { parseJson } from './json.js';
import { BATCHES, type Step, type StepAnswer, type Together, together } from './together.js';
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
  /**
   * Posts one after the other, up to the first that is refused; repeatable, as a whole. One request where the server takes it so.
   *
   * @throws TrackingError of the first that is refused
   */
  inOrder(steps: readonly Step[]): Promise<void>;
  /**
   * Posts what only the embedded server takes, beneath `/api/2.0/gridsearch/`; repeatable.
   *
   * @returns false where it is to be done by other means, as the server is another or an older one
   */
  own(path: string, json: unknown): Promise<boolean>;
  /** Whether the server, as far as it has been heard, takes several requests as one. */
  takesBatches(): boolean;
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

  const attempt = async (
    method: string,
    path: string,
    call: CallOptions & { text?: string },
  ): Promise<Answer> => {
    const url = new URL(root + path);
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value === undefined) continue;
      for (const one of typeof value === 'object' ? value : [value])
        url.searchParams.append(key, String(one));
    }
    const text = call.text ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
    const body = call.raw ?? text;
    return transport({
      method,
      url,
      headers: {
        accept: 'application/json',
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...(call.raw === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...(authorization ? { authorization } : {}),
      },
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    });
  };

  const send = async (method: string, path: string, call: CallOptions): Promise<Answer> => {
    for (let retry = 0; ; retry++) {
      const wait = RETRY_DELAYS[retry];
      const failure = await attempt(method, path, call).then(
        (answer) => (answer.status < 400 ? answer : toError(method, path, answer)),
        (error: unknown) => unreachable(root, error),
      );
      if (!(failure instanceof Error)) return failure;
      if (signal?.aborted || wait === undefined || !isWorthAnother(failure, call.idempotent ?? true))
        throw failure;
      await delay(wait * (1 + Math.random() / 2), undefined, { ...(signal ? { signal } : {}) });
    }
  };

  const batchesAt = ({ at, takes }: (typeof BATCHES)['reads']): Together =>
    together(takes, async (body) => {
      const answer = await attempt('POST', at, { text: body }).catch((error: unknown) => {
        throw unreachable(root, error);
      });
      // Refused as a whole: nothing was done, and each alone will say why.
      if (answer.status >= 400 && answer.status < 500) return undefined;
      if (answer.status >= 500) throw toError('POST', at, answer);
      return answer;
    });
  const writes = batchesAt(BATCHES.writes);
  const reads = batchesAt(BATCHES.reads);
  /** Known from every answer that says so or does not. */
  let takesBatches = false;
  /** Answers of the steps, where they could go with others. */
  const withOthers = async (
    batches: Together,
    steps: readonly Step[],
    idempotent: boolean,
  ): Promise<readonly StepAnswer[] | undefined> => {
    if (!takesBatches) return undefined;
    return batches.send(steps).catch((error: unknown) => {
      if (error instanceof TrackingError && !signal?.aborted && isWorthAnother(error, idempotent))
        return undefined;
      throw error;
    });
  };

  const json: Caller['json'] = async (method, path, schema, call = {}) => {
    const isRead = method === 'GET';
    const step = { path, json: isRead ? call.query : call.json };
    const answers = await withOthers(isRead ? reads : writes, [step], call.idempotent ?? true);
    if (answers !== undefined) return readAnswer(path, bodyOf(path, answers[0]!), schema);
    return limit(async () => {
      const answer = await send(method, `/api/2.0/mlflow/${path}`, call);
      takesBatches = answer.takesBatches;
      return readAnswer(path, parseJson(answer.body.toString()), schema);
    });
  };

  return {
    json,
    inOrder: async (steps) => {
      const answers = await withOthers(writes, steps, true);
      if (answers === undefined) {
        for (const { path, json: fields } of steps)
          await json('POST', path, z.looseObject({}), { json: fields });
        return;
      }
      for (const [at, { path }] of steps.entries()) bodyOf(path, answers[at]);
    },
    own: async (path, fields) => {
      if (!takesBatches) return false;
      try {
        await limit(() => send('POST', `/api/2.0/gridsearch/${path}`, { json: fields }));
        return true;
      } catch (error) {
        // A gateway may pass MLflow's own paths only; what it says of them is told by whoever asks for those.
        const isRefused = error instanceof TrackingError && [403, 405].includes(error.status);
        if (isRefused || isUnknownEndpoint(error)) return false;
        throw error;
      }
    },
    takesBatches: () => takesBatches,
    bytes: (method, path, call = {}) => limit(async () => (await send(method, path, call)).body),
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

function toError(
  method: string,
  path: string,
  { status, body }: Pick<Answer, 'status' | 'body'>,
): TrackingError {
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

/** @throws TrackingError that the request was refused with */
function bodyOf(path: string, answer: StepAnswer | undefined): unknown {
  if (answer === undefined)
    throw new TrackingError(200, 'BAD_ANSWER', `a batch was not answered as far as ${path}`);
  const { status, body } = answer;
  if (status >= 400) throw toError('POST', path, { status, body: Buffer.from(JSON.stringify(body ?? null)) });
  return body;
}

function readAnswer<T extends z.ZodType>(path: string, body: unknown, schema: T): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new TrackingError(
    200,
    'BAD_ANSWER',
    `the answer to ${path} is not MLflow's: ${z.prettifyError(result.error)}`,
  );
}
