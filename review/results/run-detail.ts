/** One run as a page shows it: where it stands in its search, what it logged epoch by epoch, the files it left. */
import {
  isTrouble,
  ROLE,
  type Run,
  TAGS,
  type TrackingClient,
  TrackingError,
  tagIs,
} from '../../tracking/client/index.js';
import { type EarlierAttempt, earlierAttempts, type RunSummary, sourceOf, summaryOf } from './runs.js';

export interface RunDetail extends RunSummary {
  /** `parent`, `trial`, `fold` or `refit`; null for a run that is not of a search. */
  readonly role: string | null;
  readonly searchId: string | null;
  readonly parentRunId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly attempts: readonly EarlierAttempt[];
  /** Runs directly below, oldest first: the folds of a trial, the trials of a parent run. */
  readonly children: readonly RunSummary[];
  readonly curves: readonly Curves[];
  readonly files: readonly RunFile[];
  /** Why the files can't be listed. */
  readonly filesTrouble: string | null;
}

/** What one run logged epoch by epoch. */
export interface Curves {
  readonly runId: string;
  readonly runName: string;
  readonly metrics: Readonly<Record<string, { readonly steps: number[]; readonly values: number[] }>>;
}

export interface RunFile {
  readonly path: string;
  readonly bytes: number | null;
}

/** What is read of a run at most; a parent run may have millions of children, and anyone may log to a server. */
const MOST = { children: 100, curvesOf: 20, metrics: 20, files: 500 } as const;

/** @throws TrackingError RESOURCE_DOES_NOT_EXIST */
export async function readRun(client: TrackingClient, runId: string): Promise<RunDetail> {
  const run = await client.getRun(runId);
  const role = run.tags[TAGS.role] ?? null;
  const { runs } = await client.searchRunsPage({
    experimentIds: [run.info.experimentId],
    filter: tagIs(TAGS.parentRunId, runId),
    orderBy: ['attributes.start_time ASC'],
    maxResults: MOST.children,
  });
  const children = runs.toSorted((a, b) => foldOf(a) - foldOf(b));
  // Inner folds of nested cross-validation train on fewer rows, and are not drawn with the others.
  const folds = children.filter(
    ({ tags }) => tags[TAGS.role] === ROLE.fold && tags[TAGS.innerFold] === undefined,
  );
  const drawn = role === ROLE.trial ? folds.slice(0, MOST.curvesOf) : [run];
  const [curves, files] = await Promise.all([
    Promise.all(drawn.map((one) => curvesOf(client, one))),
    listFiles(client, run),
  ]);
  return {
    ...summaryOf(run),
    role,
    searchId: run.tags[TAGS.searchId] ?? null,
    parentRunId: run.tags[TAGS.parentRunId] ?? null,
    tags: run.tags,
    attempts: earlierAttempts(run),
    children: children.map(summaryOf),
    curves: curves.filter(({ metrics }) => Object.keys(metrics).length > 0),
    ...files,
  };
}

/** What is no fold, such as the refit below its winner, comes last. */
const foldOf = ({ tags }: Run): number => Number(tags[TAGS.fold] ?? Number.MAX_SAFE_INTEGER);

/** Names of the metrics that training logs once an epoch. */
const isOfEpochs = (name: string): boolean =>
  name === 'loss' || name === 'accuracy' || name.startsWith('val_');

async function curvesOf(client: TrackingClient, run: Run): Promise<Curves> {
  const { runId: own, runName } = run.info;
  // One that was taken over has its curves where it was trained.
  const source = await sourceOf(client, run);
  if (source === undefined) return { runId: own, runName, metrics: {} };
  const {
    info: { runId },
    metrics,
  } = source;
  const names = Object.keys(metrics).filter(isOfEpochs).slice(0, MOST.metrics);
  const histories = await Promise.all(names.map((name) => client.metricHistory(runId, name)));
  const drawn = names.flatMap((name, i) => {
    const points = histories[i]!.toSorted((a, b) => a.step - b.step);
    const curve = { steps: points.map(({ step }) => step), values: points.map(({ value }) => value) };
    return points.length > 1 ? [[name, curve] as const] : [];
  });
  return { runId: own, runName, metrics: Object.fromEntries(drawn) };
}

/** Every file of a run, by path. Where they can't be reached from here, why: the rest of the run is still worth showing. */
async function listFiles(
  client: TrackingClient,
  run: Run,
): Promise<Pick<RunDetail, 'files' | 'filesTrouble'>> {
  const files: RunFile[] = [];
  const folders = [''];
  try {
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      for (const { path, isDir, size } of await client.listArtifacts(run, folder)) {
        if (isDir) folders.push(path);
        else files.push({ path, bytes: size ?? null });
      }
      if (files.length + folders.length > MOST.files) break;
    }
  } catch (error) {
    if (isTrouble(error)) throw error;
    return { files, filesTrouble: (error as Error).message };
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), filesTrouble: null };
}

/**
 * One file of a run.
 *
 * @throws TrackingError when there is none, or it is larger than `most` bytes
 */
export async function readRunFile(
  client: TrackingClient,
  runId: string,
  path: string,
  most: number,
): Promise<Buffer> {
  const run = await client.getRun(runId);
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const found = (await client.listArtifacts(run, folder)).find((file) => file.path === path && !file.isDir);
  if (found === undefined)
    throw new TrackingError(404, 'RESOURCE_DOES_NOT_EXIST', `run ${runId} has no file ${path}`);
  if ((found.size ?? 0) > most) {
    const size = `${path} has ${found.size} bytes, more than the ${most} that are passed on here`;
    throw new TrackingError(413, 'REQUEST_TOO_LARGE', `${size}: fetch it with MLflow's client`);
  }
  return client.downloadArtifact(run, path);
}
