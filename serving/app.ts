/** The routes of MLflow's scoring protocol. */
import { type Context, Hono } from 'hono';
import { gate, Refusal, wholeBody } from '../http/index.js';
import { MLFLOW_VERSION, probabilityColumn } from '../learning/package/index.js';
import type { Answer, Batcher } from './batcher.js';
import { textsOf } from './body.js';
import { REFUSED, ScoringError } from './errors.js';

export interface AppOptions {
  readonly predict: Batcher;
  readonly maxBodyBytes: number;
  /** Names, beside loopback and this machine's addresses, that the server may be called by. */
  readonly allowedHosts: readonly string[];
  /** Is told about unexpected errors. */
  readonly log: (line: string) => void;
}

/** Creates the app: `POST /invocations`, `GET /ping`, `/health` and `/version`. */
export function scoringApp({ predict, maxBodyBytes, allowedHosts, log }: AppOptions): Hono {
  const app = new Hono();

  app.use(gate({ allowedHosts }));

  for (const path of ['/ping', '/health']) app.get(path, (context) => context.text('\n'));
  app.get('/version', (context) => context.text(MLFLOW_VERSION));

  app.post('/invocations', async (context) => {
    const body = await wholeBody(context, maxBodyBytes);
    const predicted = await predict(textsOf(context.req.header('content-type'), body));
    context.header('x-model-version', predicted.version);
    return context.json({ predictions: rowsOf(predicted) });
  });

  app.notFound(() => {
    throw new ScoringError(
      'ENDPOINT_NOT_FOUND',
      'There are POST /invocations, GET /ping, GET /health and GET /version.',
    );
  });
  app.onError((error, context) => {
    if (error instanceof ScoringError) return answer(error, context);
    if (error instanceof Refusal) {
      // Whoever is still sending need not send the rest.
      if (error.reason === 'too-large') context.header('Connection', 'close');
      return answer(new ScoringError(REFUSED[error.reason], `${error.message}.`), context);
    }
    log(`a request failed: ${error.stack ?? error.message}`);
    return answer(new ScoringError('INTERNAL_ERROR', 'The prediction failed; see the server log.'), context);
  });
  return app;
}

const answer = ({ code, message, status }: ScoringError, context: Context): Response =>
  context.json({ error_code: code, message }, status);

/** Rows as the package's Python flavor names their columns. */
function rowsOf({ classes, predictions }: Answer): Record<string, string | number>[] {
  return predictions.map(({ label, probabilities }) => ({
    label,
    ...Object.fromEntries(classes.map((name) => [probabilityColumn(name), probabilities[name]!])),
  }));
}
