/**
 * What the page changes. Whoever answers has checked Host, Origin and login before; and a body must be JSON, which a form of another
 * site can't send.
 */
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { drainIn, modelName, promote, rollBack } from '../../../orchestrator/app/index.js';
import type { Changed } from '../api.js';
import { CONTROL_TABLE } from './controls.js';
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
  drain: z.strictObject({ worker: z.string().min(1).max(300) }),
  promote: z.strictObject({ version, champion }),
  rollback: z.strictObject({ champion }),
} as const;

export function changeRoutes(app: Hono, sources: Sources): void {
  const { client, redis } = sources;
  const registry = { tracking: client, redis };
  const name = (context: Context): string => modelName(context.req.param('name') ?? '');

  for (const [control, { body, act }] of Object.entries(CONTROL_TABLE))
    app.post(`${API}/searches/:id/${control}`, async (context) => {
      const asked = await bodyOf(context, body);
      return changed(context, await act(context.req.param('id'), sources, asked));
    });
  app.post(`${API}/workers/drain`, async (context) => {
    const { worker } = await bodyOf(context, BODIES.drain);
    const { name, jobs } = await drainIn(redis, worker);
    const first = jobs.length === 0 ? 'it has nothing at hand' : 'it ends what it has at hand first';
    return changed(context, `Asked ${name} to leave; ${first}.`);
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
