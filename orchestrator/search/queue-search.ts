/** The parent run and the job of a new search, once each, whoever submits it and however often. */
import { createHash, randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Job, type Queue } from 'bullmq';
import {
  readData,
  SEARCH,
  type SearchContext,
  type SearchPayload,
  sealData,
  searchPayload,
} from '../../queue/index.js';
import {
  besideOthers,
  isTrouble,
  ROLE,
  type Run,
  sourceTags,
  TAGS,
  type TrackingClient,
  tagIs,
  untold,
} from '../../tracking/client/index.js';
import { SUBMITTED } from './rebuild.js';

export type SearchIds = Pick<
  SearchContext,
  'searchId' | 'experimentId' | 'parentRunId' | 'source' | 'snapshot'
>;

/** All that a search is made of. */
export interface Definition {
  /** Of its search space, and of the experiment. */
  readonly name: string;
  /** The search space's file, which is what started the runs, not the program that read it. */
  readonly file: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string | number>>;
  readonly snapshot: SearchContext['snapshot'];
  readonly artifacts: readonly { readonly path: string; content(): Buffer | Readable }[];
  payload(ids: SearchIds): SearchPayload;
}

export interface QueueOptions {
  /** An open run that somebody else made, with its name, experiment, parameters and MLflow's own tags; they stay. */
  readonly given?: Run | undefined;
  /** Where the search belongs. @defaultValue the experiment of its name */
  readonly experimentId?: string;
  /** What is submitted twice under one key is one search. */
  readonly key?:
    | {
        readonly key: string;
        /** Of what is submitted: another under the same key is refused. */
        readonly digest: string;
      }
    | undefined;
}

export interface Submitted {
  readonly searchId: string;
  readonly experimentId: string;
  readonly parentRunId: string;
  /** It had been submitted before, under the same key. */
  readonly already: boolean;
}

/** The key was given before, for something else. */
export class KeyTakenError extends Error {
  override readonly name = 'KeyTakenError';
}

/** How far a search is when it is queued. */
export const NOT_BEGUN: SearchPayload['progress'] = {
  step: 'plan',
  settled: 0,
  generation: 0,
  trials: { complete: 0, pruned: 0, failed: 0 },
  folds: { finished: 0, failed: 0, spared: 0 },
};

interface Deps {
  readonly tracking: TrackingClient;
  readonly searches: Queue;
}

/** So begins the reason of a parent run whose search never came about. */
const NOT_QUEUED = 'it was not queued: ';

/**
 * Queues a search. Its parent run stays SCHEDULED until an orchestrator takes the job; when queueing fails it ends as FAILED.
 *
 * Under a key its id follows from that, and the queue holds one job of an id: of several who submit at once, the parent run that the
 * queued job names is the search's, and whoever made another deletes it. A parent run that its maker left behind is taken up.
 *
 * @throws KeyTakenError when the key was given for another search space or other data
 */
export async function queueSearch(
  definition: Definition,
  { tracking, searches }: Deps,
  { given, experimentId: asked, key }: QueueOptions = {},
): Promise<Submitted> {
  const searchId = key === undefined ? newSearchId(definition.name) : keyedId(key.key);
  const before = key && (await submittedBefore(searchId, key, { tracking, searches }));
  if (before && 'already' in before) return before;
  const source = { ...(await sourceTags()), [TAGS.sourceName]: basename(definition.file) };
  const own = {
    ...definition.tags,
    [TAGS.estimatorName]: 'GridSearchCV',
    [TAGS.estimatorClass]: 'gridsearch.GridSearchCV',
    [TAGS.autologging]: 'gridsearch',
  };
  const tags = {
    ...source,
    [TAGS.role]: ROLE.parent,
    [TAGS.searchId]: searchId,
    [TAGS.jobId]: searchId,
    ...(key && { [TAGS.submission]: key.digest }),
    ...own,
  };
  const open = given ?? before;
  const experimentId =
    open?.info.experimentId ?? asked ?? (await tracking.getOrCreateExperiment(definition.name));
  const parent =
    open ??
    (await createOnce(tracking, searchId, { experimentId, runName: searchId, startTime: Date.now(), tags }));
  const parentRunId = parent.info.runId;
  const submitted = { searchId, experimentId, parentRunId, already: false };
  try {
    await tracking.updateRun(parentRunId, { status: 'SCHEDULED' });
    const { snapshot, params } = definition;
    const payload = definition.payload({
      searchId,
      experimentId,
      parentRunId,
      source,
      ...(snapshot && { snapshot }),
    });
    const kept = {
      ...payload,
      submitted: { file: basename(definition.file), tags: definition.tags, params },
    };
    await Promise.all([
      tracking.logBatch(parentRunId, { params: besideOthers(params, given?.params ?? {}) }),
      tracking.logInputs(parentRunId, [payload.inputs.train, payload.inputs.eval]),
      ...definition.artifacts.map(({ path, content }) => tracking.uploadArtifact(parent, path, content())),
      // Should the queue lose the search, or somebody want it once more, it can be made again from this.
      tracking.uploadArtifact(parent, SUBMITTED, Buffer.from(JSON.stringify(kept))),
    ]);
    // Last: with them it is the run of a search, and one that is not queued would be told of as lost.
    if (given !== undefined) await tracking.logBatch(parentRunId, { tags: untold(tags, given) });
    // Of a parent run that was left behind, the queue may have lost the search in the middle.
    const job = before ? { ...payload, context: { ...payload.context, rebuilt: true } } : payload;
    await searches.add('search', sealData(searchId, job), { ...SEARCH, jobId: searchId });
    if (key === undefined) return submitted;
  } catch (error) {
    const faster = key && (await queuedAs(searchId, searches).catch(() => undefined));
    if (faster !== undefined && faster.parentRunId !== parentRunId) return faster;
    const reason = `${NOT_QUEUED}${error instanceof Error ? error.message : String(error)}`;
    await tracking.failRun(parentRunId, reason).catch(() => undefined);
    throw error;
  }
  // Somebody else may have been faster; then this one's run is nobody's.
  const queued = (await queuedAs(searchId, searches)) ?? submitted;
  const runs = await parentsOf(searchId, tracking);
  for (const { info } of runs)
    if (info.runId !== queued.parentRunId && info.runId !== given?.info.runId)
      await tracking.deleteRun(info.runId);
  return queued.parentRunId === parentRunId ? submitted : queued;
}

/** A search that is there under this key, or the parent run of one that did not get into the queue. */
async function submittedBefore(
  searchId: string,
  { key, digest }: NonNullable<QueueOptions['key']>,
  { tracking, searches }: Deps,
): Promise<Submitted | Run | undefined> {
  const queued = await queuedAs(searchId, searches);
  let found: Submitted | undefined;
  let left: Run | undefined;
  for (const run of await parentsOf(searchId, tracking)) {
    const { info, tags } = run;
    if (tags[TAGS.submission] !== digest)
      throw new KeyTakenError(
        `the idempotency key ${JSON.stringify(key)} was given before, for another search space or other data: search ${searchId}; give another key`,
      );
    const { runId: parentRunId, experimentId } = info;
    const submitted = { searchId, experimentId, parentRunId, already: true };
    const never = (tags[TAGS.failure] ?? '').startsWith(NOT_QUEUED);
    // One that somebody made at the same time, and did not live to delete.
    const surplus = queued !== undefined && queued.parentRunId !== parentRunId && isOpen(run);
    if (queued?.parentRunId === parentRunId) found = submitted;
    else if (never || surplus) await tracking.deleteRun(parentRunId);
    else if (isOpen(run)) left ??= run;
    else found ??= submitted;
  }
  return found ?? left;
}

const isOpen = ({ info: { status } }: Run): boolean => status === 'RUNNING' || status === 'SCHEDULED';

/** The search as the queue has it. */
async function queuedAs(searchId: string, searches: Queue): Promise<Submitted | undefined> {
  const job = await Job.fromId(searches, searchId);
  if (job === undefined) return undefined;
  const { experimentId, parentRunId } = readData(job, searchPayload).context;
  return { searchId, experimentId, parentRunId, already: true };
}

/** Parent runs of a search's id, oldest first: of one that several submit at once there may be more than one for a moment. */
async function parentsOf(searchId: string, tracking: TrackingClient): Promise<Run[]> {
  const experimentIds = (await tracking.searchExperiments()).map(({ experimentId }) => experimentId);
  if (experimentIds.length === 0) return [];
  const filter = tagIs(TAGS.jobId, searchId);
  const found: Run[] = [];
  for await (const run of tracking.searchRuns({ experimentIds, filter })) found.push(run);
  return found.sort((a, b) => a.info.startTime - b.info.startTime);
}

/** Tries at creating the parent run. */
const TRIES = 4;

/** Creates the parent run; when no answer came, looks whether it is there before it tries again. */
async function createOnce(
  tracking: TrackingClient,
  searchId: string,
  request: Parameters<TrackingClient['createRun']>[0],
): Promise<Run> {
  for (let left = TRIES; ; ) {
    try {
      return await tracking.createRun(request);
    } catch (error) {
      if (!isTrouble(error) || --left === 0) throw error;
      await sleep(500);
      const filter = tagIs(TAGS.jobId, searchId);
      const { experimentId } = request;
      const [found] = (await tracking.searchRunsPage({ experimentIds: [experimentId], filter })).runs;
      if (found !== undefined) return found;
    }
  }
}

/** Readable and unique: the search's name, cut, and 40 random bits. */
const newSearchId = (name: string): string => `${slugOf(name)}-${randomBytes(5).toString('hex')}`;

/** The same for the same key. */
const keyedId = (key: string): string =>
  `${slugOf(key)}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return slug || 'search';
}
