/** Artifacts over HTTP: listing, the `mlflow-artifacts` proxy, and the downloads the web pages use. */
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { bodyChunks, Refusal, wholeBody } from '../../../http/index.js';
import { attachment, mediaType } from '../artifacts/attachment.js';
import type { ArtifactFolder, FileInfo } from '../artifacts/folder.js';
import { joinPath, pathOfUri } from '../artifacts/uri.js';
import { ApiError, invalid } from '../errors.js';
import { optional, readRequest, required, runIdFields, runIdOf, text } from '../requests.js';
import { safeParts } from '../security/paths.js';
import type { Store } from '../store/contract.js';
import { type FieldsOf, multipartRoutes } from './multipart.js';
import { pathAfter } from './path-after.js';
import { wirePage } from './wire.js';

/** Copies what lies beneath one artifact path beneath another. */
const COPY_PATH = '/api/2.0/gridsearch/artifacts/copy';

/** What `mlflow/artifacts/list` answers. */
export async function listRunArtifacts(
  store: Store,
  folder: ArtifactFolder,
  fields: unknown,
): Promise<object> {
  const request = readRequest(z.object({ ...runIdFields, path: optional(text) }), fields);
  return listUnder(folder, store.runs.info(runIdOf(request)).artifactUri, request.path ?? '');
}

async function listUnder(folder: ArtifactFolder, uri: string, path: string): Promise<object> {
  safeParts(path);
  const files = (await listed(folder, joinPath(pathOfUri(uri), path))).map((file) => ({
    ...file,
    path: joinPath(path.replace(/\/+$/, ''), file.path),
  }));
  return { root_uri: uri, ...wirePage('files', files, undefined) };
}

/** Adds the artifact endpoints under each API prefix, and the two that stand outside. */
export function artifactRoutes(
  app: Hono,
  prefixes: readonly string[],
  store: Store,
  folder: ArtifactFolder,
  fieldsOf: FieldsOf,
): void {
  const download = async (context: Context, path: string) => {
    const { stream, size, part } = await folder.read(path, context.req.header('range'));
    const name = path.slice(path.lastIndexOf('/') + 1);
    return context.body(Readable.toWeb(stream) as ReadableStream, part ? 206 : 200, {
      'Content-Type': mediaType(name),
      'Content-Length': String(part ? part.end - part.start + 1 : size),
      'Accept-Ranges': 'bytes',
      ...(part ? { 'Content-Range': `bytes ${part.start}-${part.end}/${size}` } : {}),
      'Content-Disposition': attachment(name),
      'X-Content-Type-Options': 'nosniff',
    });
  };

  for (const prefix of prefixes) {
    app.get(`${prefix}/mlflow/artifacts/list`, async (context) =>
      context.json(await listRunArtifacts(store, folder, context.req.query())),
    );
    app.get(`${prefix}/mlflow/logged-models/:model_id/artifacts/directories`, async (context) => {
      const { artifactUri } = store.loggedModels.get(context.req.param('model_id'));
      const path = context.req.query('artifact_directory_path') ?? '';
      return context.json(await listUnder(folder, artifactUri, path));
    });
    app.get(`${prefix}/mlflow/logged-models/:model_id/artifacts/files`, async (context) => {
      const { artifactUri } = store.loggedModels.get(context.req.param('model_id'));
      const path = context.req.query('artifact_file_path') ?? '';
      safeParts(path);
      return download(context, joinPath(pathOfUri(artifactUri), path));
    });

    const proxy = `${prefix}/mlflow-artifacts/artifacts`;
    app.get(proxy, async (context) => {
      const path = context.req.query('path') ?? '';
      return context.json(wirePage('files', await listed(folder, path), undefined));
    });
    app.get(`${proxy}/*`, (context) => download(context, pathAfter(context, proxy)));
    app.put(`${proxy}/*`, async (context) => {
      const path = pathAfter(context, proxy);
      safeParts(path);
      await folder.write(path, bodyChunks(context));
      return context.json({});
    });
    app.delete(`${proxy}/*`, async (context) => {
      await folder.delete(pathAfter(context, proxy));
      return context.json({});
    });
    multipartRoutes(app, prefix, folder, fieldsOf);
    const presigned = `${prefix}/mlflow-artifacts/presigned`;
    app.get(`${presigned}/*`, (context) => {
      safeParts(pathAfter(context, presigned));
      throw new ApiError('NOT_IMPLEMENTED', UNSUPPORTED_DOWNLOAD);
    });
  }

  // MLflow's API has no such thing: a model of fifty files would go to the client and back.
  app.post(COPY_PATH, async (context) => {
    const { from, to } = readRequest(z.object({ from: required, to: required }), await fieldsOf(context));
    await folder.copy(from, to);
    return context.json({});
  });

  app.post('/ajax-api/2.0/mlflow/upload-artifact', async (context) => {
    const { run_uuid: runId, path } = context.req.query();
    if (!runId) throw invalid('Request must specify run_uuid.');
    if (!path) throw invalid('Request must specify path.');
    safeParts(path);
    const body = await wholeBody(context, LARGEST_PAGE_UPLOAD).catch((error: Error) => {
      if (error instanceof Refusal && error.reason === 'too-large') {
        throw invalid('Artifact size is too large. Max size is 10MB.');
      }
      throw error;
    });
    // What a form sends is no file, as MLflow has it; and a page of another site can send a form.
    if (body.length === 0 || /form/.test(context.req.header('content-type') ?? '')) {
      throw invalid('Request must specify data.');
    }
    const { artifactUri } = store.runs.info(runId);
    await folder.write(joinPath(pathOfUri(artifactUri), path), Readable.from([body]));
    return context.body('');
  });

  for (const start of ['', '/ajax-api/2.0/mlflow']) {
    app.get(`${start}/get-artifact`, async (context) => {
      const request = readRequest(z.object({ ...runIdFields, path: required }), context.req.query());
      safeParts(request.path);
      return download(
        context,
        joinPath(pathOfUri(store.runs.info(runIdOf(request)).artifactUri), request.path),
      );
    });
    app.get(`${start}/model-versions/get-artifact`, async (context) => {
      const { name, version, path } = readRequest(
        z.object({ name: required, version: required, path: required }),
        context.req.query(),
      );
      safeParts(path);
      return download(context, joinPath(pathOfUri(store.registry.downloadUri(name, version)), path));
    });
  }
}

/** What MLflow's pages may send at once; clients use the proxy. */
const LARGEST_PAGE_UPLOAD = 10 * 1024 * 1024;

/** As a real server over a folder answers; MLflow's client reads these words, and asks for the file whole. */
const UNSUPPORTED_DOWNLOAD = 'Multipart download is not supported for the current artifact repository';

const listed = async (
  folder: ArtifactFolder,
  path: string,
): Promise<(FileInfo & Record<string, unknown>)[]> => (await folder.list(path)).map((file) => ({ ...file }));
