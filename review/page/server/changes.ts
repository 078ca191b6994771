/**
 * What the page changes. Whoever answers has checked Host, Origin and login before; and a body must be JSON, which a form of another
 * site can't send.
 */
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { cancelByName, modelName, promote, resumeSearch, rollBack } from '../../../orchestrator/app/index.js';
import { readPresence } from '../../results/index.js';
import type { Changed } from '../api.js';
import type { Sources } from './list.js';
import { API } from './paths.js';

/** A body that can't be read as what was asked for. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

/** Names and versions are short. */
const MOST_BYTES = 10_000;

const version = z.string().regex(/^\d{1,18}$/);
/** Who was the champion on the page; null for none. */
const champion = version.nullable();
const BODIES = {
  nothing: z.strictObject({}),
  promote: z.strictObject({ version, champion }),
  rollback: z.strictObject({ champion }),
} as const;

export function changeRoutes(app: Hono, { client, redis, searches }: Sources): void {
  const registry = { tracking: client, redis };
  const name = (context: Context): string => modelName(context.req.param('name') ?? '');

  app.post(`${API}/searches/:id/cancel`, async (context) => {
    await bodyOf(context, BODIES.nothing);
    const { searchId } = await cancelByName(context.req.param('id'), { redis, tracking: { client } });
    return changed(context, `Search ${searchId} is cancelled; what it has finished stays.`);
  });
  app.post(`${API}/searches/:id/resume`, async (context) => {
    await bodyOf(context, BODIES.nothing);
    const services = { redis, searches, tracking: { client } };
    const { searchId, wasPaused } = await resumeSearch(context.req.param('id'), services);
    if (wasPaused) return changed(context, await waitingFor(redis, `Search ${searchId} goes on`));
    return changed(context, await waitingFor(redis, `Search ${searchId} is in the queue`));
  });
  app.post(`${API}/models/:name/promote`, async (context) => {
    const asked = await bodyOf(context, BODIES.promote);
    const change = await promote(registry, name(context), asked.version, asked.champion);
    return changed(context, `Version ${change.champion} is the champion.`);
  });
  app.post(`${API}/models/:name/rollback`, async (context) => {
    const asked = await bodyOf(context, BODIES.rollback);
    const change = await rollBack(registry, name(context), asked.champion);
    return changed(context, `Version ${change.champion} is the champion again.`);
  });
}

/** What was queued is carried out by somebody; a person should know when nobody is there. */
export async function waitingFor(redis: Sources['redis'], what: string): Promise<string> {
  const presence = await readPresence(redis);
  if (presence?.orchestrators === 0)
    return `${what}. Nobody carries it out now: start npx gridsearch up --workers auto.`;
  if (presence?.workers === 0) return `${what}. No worker is there: start npx gridsearch worker.`;
  return `${what}.`;
}

const changed = (context: Context, message: string): Response => context.json<Changed>({ message });

/** @throws BadRequestError */
export async function bodyOf<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  most = MOST_BYTES,
): Promise<z.output<Schema>> {
  const { req } = context;
  if (!/^application\/json\b/i.test(req.header('content-type') ?? ''))
    throw new BadRequestError('Send JSON, with Content-Type: application/json.');
  const text = await req.text();
  if (Buffer.byteLength(text) > most) throw new BadRequestError(`The body has more than ${most} bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRequestError('The body is not JSON.');
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new BadRequestError(`The body: ${z.prettifyError(result.error)}`);
  return result.data;
}
