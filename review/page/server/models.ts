/** The registered models for the page: all of them, one version, and what versions say of texts. */
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { InputError, modelName, predictAside, versionsOf } from '../../../orchestrator/app/index.js';
import { TAGS, type TrackingClient } from '../../../tracking/client/index.js';
import { allVersions } from '../../results/index.js';
import { numberOrNull, versionView } from '../../views/index.js';
import type { ModelList, Predicted } from '../api.js';
import { BadRequestError, bodyOf } from './changes.js';
import { API } from './paths.js';

async function modelList(client: TrackingClient): Promise<ModelList> {
  const versions = await allVersions(client);
  return {
    versions: versions.map(({ name, version, aliases, tags, runId, creationTimestamp }) => ({
      name,
      version,
      aliases,
      metric: tags[TAGS.objective] ?? null,
      testScore: tags[TAGS.testScore] === undefined ? null : numberOrNull(Number(tags[TAGS.testScore])),
      verdict: tags[TAGS.verdict] ?? null,
      searchId: tags[TAGS.searchId] ?? null,
      runId: runId ?? null,
      created: creationTimestamp,
      promotedAt: tags[TAGS.promotedAt] ?? null,
      previousChampion: tags[TAGS.previousChampion] ?? null,
    })),
  };
}

/** What is typed into the page to be tried. */
const tried = z.strictObject({
  texts: z.array(z.string().min(1).max(5000)).min(1).max(20),
  versions: z
    .array(z.string().regex(/^\d{1,18}$/))
    .min(1)
    .max(4),
});
const MOST_BYTES = 150_000;
/** Questions under way at a time: each needs a core. */
const MOST_TRIED = 4;

/** @param closing - Ends the process that predicts. */
export function modelRoutes(app: Hono, client: TrackingClient, closing: AbortSignal): void {
  const aside = predictAside();
  closing.addEventListener('abort', () => aside.close());
  let underWay = 0;
  const name = (context: Context): string => modelName(context.req.param('name') ?? '');

  app.get(`${API}/models`, async (context) => context.json(await modelList(client)));
  app.get(`${API}/models/:name/:version`, async (context) => {
    const versions = await versionsOf(client, name(context)).catch((error: unknown) => {
      if (error instanceof InputError) return [];
      throw error;
    });
    const version = versions.find((one) => one.version === context.req.param('version'));
    if (version === undefined) return context.notFound();
    return context.json(await versionView(client, version, versions, context.req.query('against')));
  });
  app.post(`${API}/models/:name/predict`, async (context) => {
    const { texts, versions } = await bodyOf(context, tried, MOST_BYTES);
    if (underWay >= MOST_TRIED)
      throw new BadRequestError('Too many texts are being tried; try again in a moment.');
    underWay++;
    try {
      const answers: Predicted['versions'][number][] = [];
      for (const version of new Set(versions))
        answers.push(await aside.predict({ name: name(context), which: version }, texts));
      return context.json<Predicted>({ versions: answers });
    } finally {
      underWay--;
    }
  });
}
