/** Documents of `workers`. */
import { z } from 'zod';
import { time } from './parts.js';

export const workersDocument = z.array(
  z.strictObject({
    worker: z.string().describe('What `workers drain` takes: host and process.'),
    host: z.string(),
    pid: z.int(),
    engine: z.string().nullable().describe('With its kernel; null before it has trained.'),
    concurrency: z.int().describe('Folds at a time.'),
    since: time,
    leaving: z.boolean().describe('It ends the folds at hand and takes no more.'),
    drainable: z.boolean().describe('False of one inside `run` or `up`.'),
    foldsDone: z.int().describe('Since it is there.'),
    processes: z.array(
      z.strictObject({
        pid: z.int(),
        memory: z.number().nullable().describe('Resident bytes, where its system tells.'),
      }),
    ),
    jobs: z.array(
      z.strictObject({
        searchId: z.string(),
        trial: z.string().describe('As its run is called.'),
        fold: z.int().nullable().describe('From 0; null for a refit.'),
        since: time,
        pid: z.int().nullable().describe('Its process; null before it has one.'),
      }),
    ),
  }),
);

export const workersDrainDocument = z.strictObject({
  worker: z.string(),
  jobs: z.int().describe('What it has at hand, and ends first.'),
});
