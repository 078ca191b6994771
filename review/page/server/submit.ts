/** Search spaces that are written in the page: checked as the command line checks them, and queued. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { z } from 'zod';
import {
  earlierOf,
  type PreparedText,
  prepareText,
  type SearchSpaceIssue,
  searchSpaceJsonSchema,
  sizeOf,
  submit,
  trainingSeconds,
  type WrittenSpace,
} from '../../../orchestrator/app/index.js';
import type { CheckedSpace, SearchSpaces, SubmittedSpace } from '../api.js';
import { BadRequestError, bodyOf } from './changes.js';
import { waitingFor } from './controls.js';
import type { Sources } from './list.js';
import { API } from './paths.js';

/** Longer ones are for the command line. */
export const MOST_BYTES = 300_000;
/** Checks that wait for their turn; each needs a thread. */
const MOST_WAITING = 8;

export const written = z.strictObject({ text: z.string(), name: z.string().max(200) });
/** With a key that the page draws, so that what is asked for twice is done once. */
const submitted = written.extend({
  key: z.string().min(16).max(64),
  /** Train also what earlier searches hold. */
  fresh: z.boolean().default(false),
});
/** So long somebody who writes waits for word of earlier searches, in ms, */
const LOOK_MS = 1500;
/** and of no more configurations than this: looking at each takes the time of whoever answers. */
const MOST_LOOKED_AT = 5000;

/** Where the examples are, beside the compiled code and beside the sources. */
const EXAMPLES = ['../../../../search-spaces', '../../../search-spaces'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** As if it lay in the folder that the server runs in, from which data files are found. */
export function spaceOf({ text, name }: z.output<typeof written>): WrittenSpace {
  const folder = process.cwd();
  return {
    text,
    folder,
    file: join(folder, basename(name.replaceAll(/[^\w.-]/g, '_')) || 'search-space.yaml'),
  };
}

export function submitRoutes(app: Hono, { client, redis, searches }: Sources, closing: AbortSignal): void {
  const oneAtATime = pLimit(1);
  const done = new LRUCache<string, Promise<SubmittedSpace>>({ max: 1000, ttl: 600_000 });

  const prepared = (space: z.output<typeof written>, signal: AbortSignal): Promise<PreparedText> => {
    if (oneAtATime.pendingCount >= MOST_WAITING)
      throw new BadRequestError('Too many search spaces are being checked; try again in a moment.');
    return oneAtATime(async () => {
      signal.throwIfAborted();
      return prepareText(spaceOf(space), signal);
    });
  };

  let looking = false;
  /** Folds that earlier searches hold; null where that can't be told at once. */
  const held = async (answer: PreparedText): Promise<number | null> => {
    if ('issues' in answer || looking) return null;
    if (sizeOf(answer.submission, null).configurations > MOST_LOOKED_AT) return null;
    looking = true;
    const look = earlierOf(answer.submission, { redis, tracking: { client } })
      .then(({ held }) => held)
      // A check is worth having without it.
      .catch(() => null)
      .finally(() => {
        looking = false;
      });
    return Promise.race([look, sleep(LOOK_MS, null)]);
  };

  app.get(`${API}/search-spaces`, async (context) =>
    context.json<SearchSpaces>({
      schema: JSON.parse(searchSpaceJsonSchema()) as object,
      examples: await examples(),
    }),
  );
  app.post(`${API}/searches/check`, async (context) => {
    const space = await bodyOf(context, written, MOST_BYTES);
    // Whoever has left waits for no answer.
    const answer = await prepared(space, AbortSignal.any([closing, context.req.raw.signal]));
    return context.json(checkedSpace(answer, await held(answer)));
  });
  app.post(`${API}/searches`, async (context) => {
    const { key, fresh, ...space } = await bodyOf(context, submitted, MOST_BYTES);
    const before = done.get(key);
    if (before !== undefined) return context.json(await before);
    const queued = (async (): Promise<SubmittedSpace> => {
      const answer = await prepared(space, closing);
      if ('issues' in answer)
        return { searchId: null, message: 'It is not right yet.', checked: checkedSpace(answer, null) };
      const earlier = await earlierOf(answer.submission, { redis, tracking: { client } }, { fresh });
      const { searchId } = await submit(
        answer.submission,
        { searches, redis, tracking: { client } },
        { earlier },
      );
      const message = await waitingFor(redis, `Search ${searchId} is queued`);
      return { searchId, message, checked: checkedSpace(answer, earlier.held) };
    })();
    done.set(key, queued);
    try {
      const result = await queued;
      if (result.searchId === null) done.delete(key);
      return context.json(result);
    } catch (error) {
      done.delete(key);
      throw error;
    }
  });
}

/** Without the file, which is where the server runs. */
export const issueOf = ({
  line,
  column,
  path,
  message,
}: SearchSpaceIssue): CheckedSpace['issues'][number] => ({ line, column, path, message });

function checkedSpace(answer: PreparedText, held: number | null): CheckedSpace {
  if ('issues' in answer) {
    return { issues: answer.issues.map(issueOf), size: null, warnings: [] };
  }
  const { models, where, strategy, seed, objective, folds, rows } = answer.submission;
  const search = {
    models: [...models],
    where: where && [...where],
    strategy,
    inputs: rows.inputs,
    context: { folds, seed, objective },
  };
  return {
    issues: [],
    size: { ...sizeOf(answer.submission, held), seconds: trainingSeconds(search) },
    warnings: rows.warnings,
  };
}

/** The search spaces that come with gridsearch. */
async function examples(): Promise<SearchSpaces['examples']> {
  for (const folder of EXAMPLES) {
    const names = await readdir(folder).catch(() => undefined);
    if (names === undefined) continue;
    const yaml = names.filter((name) => name.endsWith('.yaml')).sort();
    return Promise.all(
      yaml.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
    );
  }
  return [];
}
