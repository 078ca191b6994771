/** The routes of MLflow's scoring protocol. */
import { isIP } from 'node:net';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { MLFLOW_VERSION, probabilityColumn } from '../learning/package/index.js';
import type { Answer, Batcher } from './batcher.js';
import { textsOf } from './body.js';
import { ScoringError } from './errors.js';

export interface AppOptions {
  readonly predict: Batcher;
  readonly maxBodyBytes: number;
  /** Host names, beside IP addresses and `localhost`, that the server may be called by. */
  readonly allowedHosts: readonly string[];
  /** Is told about unexpected errors. */
  readonly log: (line: string) => void;
}

/** Creates the app: `POST /invocations`, `GET /ping`, `/health` and `/version`. */
export function scoringApp({ predict, maxBodyBytes, allowedHosts, log }: AppOptions): Hono {
  const app = new Hono();

  app.use(async (context, next) => {
    const host = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    if (!isAllowed(host, allowedHosts)) {
      throw new ScoringError(
        'PERMISSION_DENIED',
        `Host ${JSON.stringify(host.slice(0, 100))} is not one of this server's names; allow it when starting the server.`,
      );
    }
    if (origin !== undefined && !isAllowed(origin.replace(/^[a-z]+:\/\//i, ''), allowedHosts)) {
      throw new ScoringError('PERMISSION_DENIED', 'Requests from pages of other sites are refused.');
    }
    await next();
    context.header('x-content-type-options', 'nosniff');
  });

  for (const path of ['/ping', '/health']) app.get(path, (context) => context.text('\n'));
  app.get('/version', (context) => context.text(MLFLOW_VERSION));

  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new ScoringError('REQUEST_LIMIT_EXCEEDED', `The body is larger than ${maxBodyBytes} bytes.`);
    },
  });
  app.post('/invocations', limit, async (context) => {
    const body = new Uint8Array(await context.req.arrayBuffer());
    const answer = await predict(textsOf(context.req.header('content-type'), body));
    context.header('x-model-version', answer.version);
    return context.json({ predictions: rowsOf(answer) });
  });

  app.notFound(() => {
    throw new ScoringError(
      'ENDPOINT_NOT_FOUND',
      'There are POST /invocations, GET /ping, GET /health and GET /version.',
    );
  });
  app.onError((error, context) => {
    if (error instanceof ScoringError) {
      return context.json({ error_code: error.code, message: error.message }, error.status);
    }
    log(`a request failed: ${error.stack ?? error.message}`);
    return context.json(
      { error_code: 'INTERNAL_ERROR', message: 'The prediction failed; see the server log.' },
      500,
    );
  });
  return app;
}

/** Rows as the package's Python flavor names their columns. */
function rowsOf({ classes, predictions }: Answer): Record<string, string | number>[] {
  return predictions.map(({ label, probabilities }) => ({
    label,
    ...Object.fromEntries(classes.map((name) => [probabilityColumn(name), probabilities[name]!])),
  }));
}

/**
 * A page of another site can make its own name resolve to this machine (DNS rebinding), but it can't turn that name
 * into an address: an IP address or a name of ours in the Host header is proof that the caller meant this server.
 */
function isAllowed(host: string, allowedHosts: readonly string[]): boolean {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return isIP(name) !== 0 || name === 'localhost' || allowedHosts.includes(name);
}
