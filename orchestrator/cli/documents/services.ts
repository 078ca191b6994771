/** Documents of what runs until it is stopped, one a line: `up`, `worker`, `serve`. */
import { z } from 'zod';
import { configuration } from '../../app/index.js';
import { best, failure, registered } from './parts.js';

const at = { time: z.iso.datetime() };

export const upDocument = z.strictObject({
  trackingUri: z.string(),
  page: z.string().describe('Address of the review page.'),
  redis: z.string().describe('Without user and password.'),
  workers: z.int(),
  home: z.string().describe('The data directory.'),
});

/** The lines that follow the first. */
export const upEventDocument = z.discriminatedUnion('type', [
  z.strictObject({
    ...at,
    type: z.enum(['started', 'resumed']),
    searchId: z.string(),
    trials: z.int(),
    folds: z.int(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('ended'),
    searchId: z.string(),
    status: z.enum(['FINISHED', 'FAILED']),
    failure,
    best,
    registered,
  }),
]);

const job = {
  ...at,
  job: z.string(),
  seconds: z.number(),
  searchId: z.string().nullable(),
  configuration: configuration.nullable(),
  fold: z.int().nullable().describe('From 0; null for a refit.'),
};

export const workerDocument = z.discriminatedUnion('type', [
  z.strictObject({ ...at, type: z.literal('started'), concurrency: z.int(), threads: z.int() }),
  z.strictObject({
    ...job,
    type: z.literal('completed'),
    score: z.number().nullable().describe('The objective; of a refit, on the test rows.'),
  }),
  z.strictObject({
    ...job,
    type: z.literal('failed'),
    attempt: z.int(),
    attempts: z.int(),
    error: z.string(),
  }),
  z.strictObject({ ...at, type: z.literal('error'), error: z.string() }),
  z
    .strictObject({ ...at, type: z.literal('drained') })
    .describe('`workers drain` asked it to leave, and it has no fold at hand.'),
]);

export const reviewDocument = z.strictObject({
  page: z.string().describe('Address of the review page.'),
  searchId: z.string().nullable().describe('The search that was asked for.'),
});

export const reportDocument = z.strictObject({
  searchId: z.string(),
  html: z.string().describe('The file.'),
});

export const exportDocument = z.strictObject({
  searchId: z.string(),
  to: z.string().describe('Address of the server that it was copied to, without a password.'),
  experimentId: z.string().describe('There.'),
  parentRunId: z.string().describe('There.'),
  runs: z.int().describe('Runs of the search.'),
  present: z.int().describe('So many of them were there already.'),
  registered,
  aliasesTaken: z.array(z.string()).describe('Aliases of the version that another one has there, and keeps.'),
});

export const serveDocument = z.strictObject({
  uri: z.string(),
  model: z.string(),
  which: z.string().describe('Version number or alias that was asked for.'),
  version: z.string().describe('The version that answers now.'),
});
