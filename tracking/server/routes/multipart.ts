/** `mlflow-artifacts/mpu/*`: uploads in parts, in MLflow's protocol. */
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { bodyChunks } from '../../../http/index.js';
import type { ArtifactFolder } from '../artifacts/folder.js';
import { MOST_PARTS } from '../artifacts/multipart.js';
import { joinPath } from '../artifacts/uri.js';
import { invalid } from '../errors.js';
import { readRequest, required } from '../requests.js';
import { safeParts } from '../security/paths.js';
import { pathAfter } from './path-after.js';

/** Reads the JSON fields of a request. */
export type FieldsOf = (context: Context) => Promise<unknown>;

const creation = z.object({ path: required, num_parts: z.coerce.number().int().min(1).max(MOST_PARTS) });
const completion = z.object({
  path: required,
  upload_id: required,
  parts: z
    .array(z.object({ part_number: z.coerce.number().int(), etag: z.string().nullish() }))
    .max(MOST_PARTS),
});
const abortion = z.object({ path: required, upload_id: required });

/** Adds them under one API prefix. */
export function multipartRoutes(
  app: Hono,
  prefix: string,
  { uploads }: ArtifactFolder,
  fieldsOf: FieldsOf,
): void {
  const start = `${prefix}/mlflow-artifacts/mpu`;
  /** The address names the folder; the field is the file's path on the client's machine, of which the name counts. */
  const target = (context: Context, step: string, path: string): string => {
    const whole = joinPath(pathAfter(context, `${start}/${step}`), path.split('/').at(-1) as string);
    if (safeParts(whole).length === 0) throw invalid('Invalid path');
    return whole;
  };

  app.post(`${start}/create/*`, async (context) => {
    safeParts(pathAfter(context, `${start}/create`));
    const { path, num_parts: count } = readRequest(creation, await fieldsOf(context));
    const id = await uploads.create(target(context, 'create', path), count);
    // Clients send the parts without their login, but with these headers: they get back what they sent.
    const authorization = context.req.header('authorization');
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const credentials = Array.from({ length: count }, (_, index) => ({
      url: `${originOf(context)}${start}/part/${id}/${index + 1}`,
      part_number: index + 1,
      headers,
    }));
    return context.json({ upload_id: id, credentials });
  });
  app.put(`${start}/part/:id/:number`, async (context) => {
    const { id, number } = context.req.param();
    const etag = await uploads.writePart(id, Number(number), bodyChunks(context));
    return context.json({}, 200, { ETag: etag });
  });
  app.post(`${start}/complete/*`, async (context) => {
    safeParts(pathAfter(context, `${start}/complete`));
    const { path, upload_id: id, parts } = readRequest(completion, await fieldsOf(context));
    const etags = new Map(parts.map((part) => [part.part_number, part.etag ?? '']));
    await uploads.complete(id, target(context, 'complete', path), etags);
    return context.json({});
  });
  app.post(`${start}/abort/*`, async (context) => {
    safeParts(pathAfter(context, `${start}/abort`));
    const { upload_id: id } = readRequest(abortion, await fieldsOf(context));
    await uploads.abort(id);
    return context.json({});
  });
}

/** Where the client reached this server; a proxy that speaks TLS says so. */
function originOf(context: Context): string {
  const scheme = context.req.header('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return `${scheme}://${context.req.header('host')}`;
}
