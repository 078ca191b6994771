/** The routes of the review page: its files, and the JSON that they read. Knows nothing of ports, gates or threads. */
import { type Context, Hono } from 'hono';
import { ZodError } from 'zod';
import {
  ChampionChangedError,
  InputError,
  modelSize,
  reportOf,
  simplicity,
} from '../../../orchestrator/app/index.js';
import { TrackingError } from '../../../tracking/client/index.js';
import { findSearch, readWorkers, UnknownSearchError } from '../../results/index.js';
import { compareView, runView, searchView, timelineOf } from '../../views/index.js';
import type { ErrorAnswer, WorkerList } from '../api.js';
import { artifactAnswer, attachment } from './artifact.js';
import { BadRequestError, changeRoutes } from './changes.js';
import { pageFiles } from './files.js';
import { type Sources, searchItem, searchList } from './list.js';
import { liveEvents } from './live.js';
import { modelRoutes } from './models.js';
import { API, VIEWS } from './paths.js';
import { planRoutes } from './plan.js';
import { submitRoutes } from './submit.js';
import { MOST_ROWS, trialsReader } from './trials.js';

/** Nothing but what this server sends, and nothing inside a page of another site. */
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Jobs of a timeline that are sent at most. */
const MOST_JOBS = 30_000;
/** Streams of events at once: each asks Redis and tracking every second. */
const MOST_STREAMS = 100;

export interface PageOptions extends Sources {
  /** Where the built client is. */
  readonly files: string;
  /** Ends what would go on by itself: the streams of events. */
  readonly closing: AbortSignal;
}

/** Creates the app: `GET`, and `POST` for the few things that the page changes. */
export function pageApp({ files, closing, ...sources }: PageOptions): Hono {
  const { client } = sources;
  const file = pageFiles(files);
  const readTrials = trialsReader(client);
  const app = new Hono();
  app.onError(answerError);
  app.notFound((context) => answer(context, 404, 'NOT_FOUND', 'There is nothing here; the page is at /.'));
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (context.req.path.startsWith(API)) context.header('Cache-Control', 'no-store');
    await next();
  });

  // Every view has an address of its own, and all are the same document.
  for (const view of VIEWS) app.get(view, (context) => file(context, 'index.html') ?? context.notFound());
  app.get(
    '/assets/:name',
    (context) => file(context, `assets/${context.req.param('name')}`) ?? context.notFound(),
  );

  app.get(`${API}/searches`, async (context) => context.json(await searchList(sources)));
  app.get(`${API}/searches/:id`, async (context) => {
    const search = await findSearch(client, context.req.param('id'));
    const [trials, { item, status }] = await Promise.all([readTrials(search), searchItem(sources, search)]);
    return context.json(
      await searchView(client, {
        search,
        item,
        progress: status.progress,
        control: status.control,
        trials,
        most: MOST_ROWS,
        cost: simplicity,
        size: modelSize,
      }),
    );
  });
  app.get(`${API}/workers`, async (context) =>
    context.json<WorkerList>({ workers: await readWorkers(sources.redis, client) }),
  );
  let streams = 0;
  app.get(`${API}/searches/:id/events`, async (context) => {
    if (streams >= MOST_STREAMS)
      return answer(context, 503, 'BUSY', `${MOST_STREAMS} pages watch searches already; close one.`);
    const search = await findSearch(client, context.req.param('id'));
    streams++;
    return liveEvents(context, sources, search, closing, () => streams--);
  });
  app.get(`${API}/searches/:id/timeline`, async (context) =>
    context.json(await timelineOf(client, await findSearch(client, context.req.param('id')), MOST_JOBS)),
  );
  app.get(`${API}/searches/:id/report`, async (context) => {
    const search = await findSearch(client, context.req.param('id'));
    return attachment(`${search.searchId}.html`, Buffer.from(await reportOf(client, search)));
  });
  app.get(`${API}/compare`, async (context) =>
    context.json(await compareView(client, (context.req.query('runs') ?? '').split(',').filter(Boolean))),
  );
  app.get(`${API}/runs/:id`, async (context) => context.json(await runView(client, context.req.param('id'))));
  app.get(`${API}/runs/:id/file`, (context) =>
    artifactAnswer(client, context.req.param('id'), context.req.query('path') ?? ''),
  );
  modelRoutes(app, client, closing);
  changeRoutes(app, sources);
  submitRoutes(app, sources, closing);
  planRoutes(app, closing);
  return app;
}

const NOT_OURS =
  "A run or job of this is not as gridsearch writes it, so it can't be shown; gridsearch's own output says what is wrong with it.";

function answerError(error: Error, context: Context): Response {
  if (error instanceof UnknownSearchError) return answer(context, 404, 'UNKNOWN_SEARCH', error.message);
  if (error instanceof BadRequestError) return answer(context, 400, 'BAD_REQUEST', error.message);
  // It could be asked for, but not as things are.
  if (error instanceof InputError || error instanceof ChampionChangedError)
    return answer(context, 409, 'CONFLICT', error.message);
  if (error instanceof TrackingError) {
    const { status, errorCode, message } = error;
    if (status === 404) return answer(context, 404, 'NOT_FOUND', message);
    if (status >= 400 && status < 500 && status !== 401 && status !== 403)
      return answer(context, 400, errorCode, message);
    return answer(context, 502, 'TRACKING', `The tracking server: ${message}`);
  }
  console.error(error);
  if (error instanceof ZodError) return answer(context, 500, 'NOT_OURS', NOT_OURS);
  return answer(context, 500, 'INTERNAL_ERROR', "This can't be shown; gridsearch's own output says why.");
}

function answer(
  context: Context,
  status: 400 | 404 | 409 | 500 | 502 | 503,
  code: string,
  message: string,
): Response {
  const body: ErrorAnswer = { error: { code, message } };
  return context.json(body, status);
}
