/** The HTTP application: gates, routes, error bodies. Knows nothing of ports or processes. */
import { type Context, Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { type Credentials, gate, Refusal, wholeBody } from '../../http/index.js';
import type { ArtifactFolder } from './artifacts/folder.js';
import { ApiError } from './errors.js';
import type { Ask } from './graphql/answer.js';
import { groupCommit } from './group-commit.js';
import { artifactRoutes, listRunArtifacts } from './routes/artifacts.js';
import { batchHeaders, readBatch, writeBatch } from './routes/batch.js';
import { experimentRoutes } from './routes/experiments.js';
import { loggedModelRoutes } from './routes/logged-models.js';
import { presignedRoutes } from './routes/presigned.js';
import { registryRoutes } from './routes/registry.js';
import type { Route } from './routes/route.js';
import { runRoutes } from './routes/runs.js';
import type { Store } from './store/contract.js';

/** The MLflow version whose API this server follows. */
export const API_VERSION = '3.17.2';

export interface AppOptions {
  /** Without any, everybody who reaches the server may use it. */
  auth?: Credentials;
  /** Names, beside loopback and this machine's addresses, under which the server is reached; with or without port. */
  allowedHosts?: readonly string[];
  /** Largest JSON body. @defaultValue 32 MiB */
  maxBodyBytes?: number;
  /** Pages for people at the same address, behind the same gate. @defaultValue a text that says there are none */
  front?: MountedFront;
}

/** What answers at further paths. */
export interface MountedFront {
  /** As Hono writes paths; none of them the API's. */
  paths: readonly string[];
  /** Those that it takes changes at, by `POST`. */
  changes: readonly string[];
  answer(request: Request): Promise<Response>;
}

const PREFIXES = ['/api/2.0', '/ajax-api/2.0'] as const;
/** For probes; MLflow answers them to anybody too. */
const OPEN_PATHS = ['/health', '/version'] as const;
export const ROUTES: readonly Route[] = [
  ...experimentRoutes,
  ...runRoutes,
  ...registryRoutes,
  ...loggedModelRoutes,
  ...presignedRoutes,
];

const writes = writeBatch(ROUTES);
const reads = readBatch(ROUTES);

/** For who opens the server's address, or a link to `/#/experiments/…` that MLflow's client printed. */
const HOME = `This is gridsearch's tracking server. It answers MLflow's REST API; started like this, it has no web pages.

Searches:  gridsearch review for web pages, gridsearch status and gridsearch show SEARCH for a terminal
From code: MLflow's client, with MLFLOW_TRACKING_URI set to this address
MLflow UI: run 'mlflow server', and set MLFLOW_TRACKING_URI to its address before you search
`;
const HOME_HEADERS = { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" };

const LOGIN =
  'You are not authenticated. Please set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.';
const LOGIN_HEADERS = { 'WWW-Authenticate': 'Basic realm="mlflow"' };

/** What MLflow's clients ask a server about itself. No secrets: it is answered without a login by MLflow too. */
const SERVER_INFO = {
  store_type: 'SqlStore',
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
};

/**
 * Builds the application over an open store.
 *
 * @example
 * const app = createApp(store, artifacts);
 * await app.request('/api/2.0/mlflow/experiments/get?experiment_id=0', { headers: { host: 'localhost' } });
 */
export function createApp(store: Store, artifacts: ArtifactFolder, options: AppOptions = {}): Hono {
  const { auth: credentials = {}, allowedHosts = [], maxBodyBytes = 32 * 1024 * 1024 } = options;
  const app = new Hono();
  app.onError(answerError);
  app.notFound((context) => answerError(new ApiError('ENDPOINT_NOT_FOUND', 'Not Found'), context));
  app.use(gate({ credentials, allowedHosts, openPaths: OPEN_PATHS }));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (context, methods) => {
        const allow = { Allow: methods.join(', ') };
        return answerError(new ApiError('METHOD_NOT_ALLOWED', 'Method Not Allowed', allow), context);
      },
    }),
  );

  const together = groupCommit(store);
  const { front } = options;
  if (front) {
    for (const path of front.paths) app.get(path, (context) => front.answer(context.req.raw));
    for (const path of front.changes) app.post(path, (context) => front.answer(context.req.raw));
  } else app.get('/', (context) => context.text(HOME, 200, HOME_HEADERS));
  app.get('/health', (context) => context.text('OK'));
  app.get('/version', (context) => context.text(API_VERSION));
  for (const prefix of ['/api/3.0', '/ajax-api/3.0']) {
    app.get(`${prefix}/mlflow/server-info`, (context) => context.json(SERVER_INFO));
    // MLflow's pages ask for evaluation datasets, of which there are none here,
    app.on(['GET', 'POST'], `${prefix}/mlflow/datasets/search`, (context) => context.json({}));
  }
  // and on every page for an assistant, which nobody has set up.
  app.get('/ajax-api/3.0/mlflow/assistant/config', (context) =>
    context.json({ providers: {}, projects: {}, remote_access_allowed: false }),
  );
  app.get('/ajax-api/3.0/mlflow/assistant/providers', (context) => context.json({ providers: [] }));
  // An empty gateway, as a server without any pretends.
  app.on(['GET', 'POST'], '/ajax-api/2.0/mlflow/gateway-proxy', (context) => context.json({ endpoints: [] }));
  const ask: Ask = (path, fields) =>
    path === 'mlflow/artifacts/list'
      ? listRunArtifacts(store, artifacts, fields)
      : ROUTES.find((one) => one.path === path)?.handle(store, fields, 0);
  app.post('/graphql', async (context) => {
    // Most of what the server would load, for MLflow's pages alone.
    const { answerGraphql } = await import('./graphql/answer.js');
    return context.json(await answerGraphql((await readFields(context, maxBodyBytes)).fields, ask));
  });
  artifactRoutes(
    app,
    PREFIXES,
    store,
    artifacts,
    async (context) => (await readFields(context, maxBodyBytes)).fields,
  );
  for (const { methods, path, handle } of ROUTES) {
    for (const prefix of PREFIXES) {
      app.on([...methods], `${prefix}/${path}`, async (context) => {
        const { fields, bytes } = await readFields(context, maxBodyBytes);
        return context.json(handle(store, fields, bytes) as object, 200, batchHeaders);
      });
    }
  }
  app.post(`/api/2.0/${writes.path}`, async (context) => {
    const { fields, bytes } = await readFields(context, maxBodyBytes);
    const answer = await together(() => writes.handle(store, fields, bytes));
    return context.json(answer as object, 200, batchHeaders);
  });
  app.post(`/api/2.0/${reads.path}`, async (context) => {
    const { fields, bytes } = await readFields(context, maxBodyBytes);
    return context.json(reads.handle(store, fields, bytes) as object, 200, batchHeaders);
  });
  return app;
}

/** A request's fields: of the query for GET, of the JSON body otherwise, and of the path. */
async function readFields(
  context: Context,
  maxBodyBytes: number,
): Promise<{ fields: unknown; bytes: number }> {
  const path = context.req.param() as Record<string, string>;
  if (context.req.method === 'GET') {
    const query = Object.fromEntries(
      Object.entries(context.req.queries()).map(([key, values]) => [
        key,
        values.length === 1 ? values[0] : values,
      ]),
    );
    return { fields: { ...query, ...path }, bytes: 0 };
  }
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const body = await wholeBody(context, maxBodyBytes);
  // A form of another site can post text/plain without asking; JSON it cannot. So only JSON is taken.
  if (body.length > 0 && type !== 'application/json') {
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `Bad Request. Content-Type must be one of ['application/json'], got '${type ?? ''}'.`,
    );
  }
  return { fields: { ...parseObject(body), ...path }, bytes: body.length };
}

function parseObject(body: Buffer): object {
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    throw new ApiError('BAD_REQUEST', 'The request body is not valid JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ApiError('BAD_REQUEST', 'The request body must be a JSON object');
  }
  return parsed;
}

function answerError(error: Error, context: Context): Response {
  if (error instanceof Refusal) return answerRefusal(error, context);
  if (error instanceof ApiError) {
    // Whoever is still sending need not send the rest.
    if (error.code === 'REQUEST_TOO_LARGE') context.header('Connection', 'close');
    return context.json({ error_code: error.code, message: error.message }, error.status, error.headers);
  }
  if (/database is locked|SQLITE_BUSY/.test(error.message)) {
    return context.json(
      { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'The store is busy; try again' },
      503,
    );
  }
  if (isDiskFull(error)) {
    return context.json({ error_code: 'TEMPORARILY_UNAVAILABLE', message: DISK_FULL }, 503);
  }
  console.error(error);
  return context.json({ error_code: 'INTERNAL_ERROR', message: 'Internal server error' }, 500);
}

const DISK_FULL =
  'the disk is full: nothing of this request was stored; make room where the tracking server keeps its data, then try again';

/** As SQLite and as the system say it; a quota is a small disk. */
const isDiskFull = (error: Error): boolean =>
  /SQLITE_FULL|database or disk is full/.test(error.message) ||
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** In MLflow's words, which are no JSON where its clients read none. */
function answerRefusal({ reason, message }: Refusal, context: Context): Response {
  switch (reason) {
    case 'host':
      return context.text('Invalid Host header - possible DNS rebinding attack detected', 403);
    case 'origin':
      return context.text('Cross-origin request blocked', 403);
    case 'credentials':
      return answerError(new ApiError('UNAUTHENTICATED', LOGIN, LOGIN_HEADERS), context);
    case 'too-large':
      return answerError(new ApiError('REQUEST_TOO_LARGE', message), context);
    case 'broke-off':
      return answerError(new ApiError('BAD_REQUEST', message), context);
  }
}
