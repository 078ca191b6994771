/**
 * Artifacts of a run: through the server's proxy when its artifact folder is `mlflow-artifacts:`, on disk when it is
 * a local path in a folder that was allowed. Other stores (`s3:`, `gs:`) would each need their own client, so they are refused with one sentence.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { withoutSecrets } from '../../addresses/index.js';
import type { Caller } from './call.js';
import { TrackingError } from './errors.js';
import { type ArtifactInfo, artifactInfo, listOf } from './schemas.js';

/** Environment variable with the folder that artifact locations on the local disk must lie in; without it none are used. */
export const ARTIFACT_ROOT = 'GRIDSEARCH_ARTIFACT_ROOT';

/** All that is needed of a run: where its artifacts are. */
export interface ArtifactOwner {
  readonly info: { readonly artifactUri: string };
}

/** A location of artifacts, whatever the kind of store. */
interface ArtifactPlace {
  upload(path: string, content: Content): Promise<void>;
  download(path: string): Promise<Buffer>;
  list(path: string): Promise<ArtifactInfo[]>;
}

type Content = Uint8Array | { open: () => Readable; size?: number };

export function artifactCalls(caller: Caller, trackingUri: string, artifactRoot?: string) {
  /** Where the server's own artifact folder has a location; undefined of one that it does not pass on. */
  const proxyRoot = (uri: string): string | undefined => {
    const proxied = /^mlflow-artifacts:(?:\/\/([^/]*))?\/(.*)$/.exec(uri);
    if (!proxied) return undefined;
    const [, host, root] = proxied;
    if (host && host !== new URL(trackingUri).host) throw unsupported(uri);
    return root;
  };
  const placeOf = (uri: string): ArtifactPlace => {
    const root = proxyRoot(uri);
    if (root !== undefined) return proxyPlace(caller, root);
    const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
    if (!isAbsolute(path)) throw unsupported(uri);
    // A server that names a folder of this machine must not be able to choose which.
    if (artifactRoot === undefined || !isBeneath(resolve(artifactRoot), resolve(path))) throw refused(uri);
    return diskPlace(path);
  };

  const calls = {
    /** Writes one file among the run's artifacts. A stream is read once, so such an upload is not repeated. */
    async uploadArtifact(run: ArtifactOwner, path: string, content: Uint8Array | Readable): Promise<void> {
      const place = placeOf(run.info.artifactUri);
      await place.upload(checked(path), content instanceof Readable ? { open: () => content } : content);
    },

    /** Writes every file of a local folder beneath `path` among the run's artifacts. */
    async uploadFolder(run: ArtifactOwner, folder: string, path = ''): Promise<void> {
      const place = placeOf(run.info.artifactUri);
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      await Promise.all(
        entries
          .filter((entry) => entry.isFile())
          .map(async (entry) => {
            const file = join(entry.parentPath, entry.name);
            const { size } = await stat(file);
            const target = posix.join(path, relative(folder, file).split(sep).join('/'));
            await place.upload(checked(target), { open: () => createReadStream(file), size });
          }),
      );
    },

    /** @throws TrackingError RESOURCE_DOES_NOT_EXIST */
    downloadArtifact: async (run: ArtifactOwner, path: string): Promise<Buffer> =>
      placeOf(run.info.artifactUri).download(checked(path)),

    /**
     * Copies everything beneath `path` into a local folder, which is created.
     *
     * @throws TrackingError RESOURCE_DOES_NOT_EXIST when there is nothing.
     */
    async downloadFolder(run: ArtifactOwner, path: string, folder: string): Promise<void> {
      const place = placeOf(run.info.artifactUri);
      const root = checked(path);
      const copy = async (from: string): Promise<number> => {
        const entries = await place.list(from);
        const copied = entries.map(async (entry) => {
          // The names come from the server: each must stay beneath what was asked for.
          const inside = posix.relative(root, checked(entry.path));
          if (inside === '' || inside.startsWith('..')) throw invalidPath(entry.path);
          if (entry.isDir) return copy(entry.path);
          const target = join(folder, ...inside.split('/'));
          const content = await place.download(entry.path);
          await mkdir(dirname(target), { recursive: true });
          await writeFile(target, content);
          return 1;
        });
        return (await Promise.all(copied)).reduce((sum, count) => sum + count, 0);
      };
      if ((await copy(root)) === 0)
        throw new TrackingError(404, 'RESOURCE_DOES_NOT_EXIST', `no artifacts in '${path}'`);
    },

    /**
     * Copies everything beneath `path` to where another run's or model's artifacts are: on the server where that can, or else by way of
     * this machine. May be repeated.
     *
     * @throws TrackingError RESOURCE_DOES_NOT_EXIST when there is nothing.
     */
    async copyFolder(run: ArtifactOwner, path: string, to: ArtifactOwner): Promise<void> {
      const [root, target] = [proxyRoot(run.info.artifactUri), proxyRoot(to.info.artifactUri)];
      if (root !== undefined && target !== undefined) {
        if (await caller.own('artifacts/copy', { from: posix.join(root, checked(path)), to: target })) return;
      }
      const folder = await mkdtemp(join(tmpdir(), 'gridsearch-copy-'));
      try {
        await calls.downloadFolder(run, path, folder);
        await calls.uploadFolder(to, folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },

    /** A file at a place that `getDownloadUri` or a model version's source names. */
    downloadFrom: async (uri: string, path: string): Promise<Buffer> => placeOf(uri).download(checked(path)),

    /** What lies directly in `path`; paths are relative to the run's artifact folder. */
    listArtifacts: async (run: ArtifactOwner, path = ''): Promise<ArtifactInfo[]> =>
      placeOf(run.info.artifactUri).list(path === '' ? '' : checked(path)),

    /** The same at a place that `getDownloadUri` names. */
    listFrom: async (uri: string, path = ''): Promise<ArtifactInfo[]> =>
      placeOf(uri).list(path === '' ? '' : checked(path)),
  };
  return calls;
}

const isBeneath = (root: string, path: string): boolean => path === root || path.startsWith(root + sep);

const refused = (uri: string) =>
  new TrackingError(
    0,
    'UNSUPPORTED_ARTIFACT_STORE',
    `artifacts at ${withoutSecrets(uri).slice(0, 200)} lie on this machine's own disk, where a server may not have files read or written: start the MLflow server with --serve-artifacts, or name the folder in ${ARTIFACT_ROOT}`,
  );

const unsupported = (uri: string) =>
  new TrackingError(
    0,
    'UNSUPPORTED_ARTIFACT_STORE',
    `artifacts at ${withoutSecrets(uri).slice(0, 200)} can't be reached from here: start the MLflow server with --serve-artifacts, so that it passes them on`,
  );

const invalidPath = (path: string) =>
  new TrackingError(0, 'INVALID_PARAMETER_VALUE', `invalid artifact path '${path}'`);

/** Artifact paths are relative and stay inside; the server checks too, but a local folder has no server. */
function checked(path: string): string {
  const normal = posix.normalize(path);
  if (
    path === '' ||
    normal.startsWith('..') ||
    normal.startsWith('/') ||
    normal === '.' ||
    /[\\\0]/.test(path)
  ) {
    throw invalidPath(path);
  }
  return normal.replace(/\/$/, '');
}

function proxyPlace(caller: Caller, root: string): ArtifactPlace {
  const url = (path: string) =>
    `/api/2.0/mlflow-artifacts/artifacts/${posix.join(root, path).split('/').map(encodeURIComponent).join('/')}`;
  return {
    upload: async (path, content) => {
      const repeatable = content instanceof Uint8Array || content.size !== undefined;
      await caller.bytes('PUT', url(path), { raw: content, idempotent: repeatable });
    },
    download: (path) => caller.bytes('GET', url(path)),
    list: async (path) => {
      const answer = await caller.bytes('GET', '/api/2.0/mlflow-artifacts/artifacts', {
        query: { path: posix.join(root, path) },
      });
      const { files } = z.object({ files: listOf(artifactInfo) }).parse(JSON.parse(answer.toString()));
      return files.map((file) => ({ ...file, path: posix.join(path, file.path) }));
    },
  };
}

function diskPlace(root: string): ArtifactPlace {
  const at = (path: string) => join(root, ...path.split('/'));
  const absent = (path: string) => (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new TrackingError(404, 'RESOURCE_DOES_NOT_EXIST', `no such artifact: '${path}'`);
  };
  return {
    upload: async (path, content) => {
      const target = at(path);
      await mkdir(dirname(target), { recursive: true });
      const partial = `${target}.${process.pid}.partial`;
      const source = content instanceof Uint8Array ? Readable.from([content]) : content.open();
      await pipeline(source, createWriteStream(partial));
      await rename(partial, target);
    },
    download: (path) => readFile(at(path)).catch(absent(path)),
    list: async (path) => {
      const entries = await readdir(at(path), { withFileTypes: true }).catch(() => []);
      return Promise.all(
        entries.map(async (entry): Promise<ArtifactInfo> => {
          const isDir = entry.isDirectory();
          const size = isDir ? undefined : (await stat(join(entry.parentPath, entry.name))).size;
          return { path: posix.join(path, entry.name), isDir, size };
        }),
      );
    },
  };
}
