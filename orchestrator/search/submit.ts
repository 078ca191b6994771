/** Submission: from a validated search space to a queued search. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import {
  type ModelAxes,
  type Objective,
  SEARCH,
  type SearchContext,
  type SearchPayload,
  sealData,
} from '../../queue/index.js';
import {
  addWarning,
  type BaselineScores,
  baselinesTag,
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
import { removedFrom, trialCount } from './strategies/index.js';

/** A search that is ready to be queued: everything checked, every default filled in. */
export interface Submission {
  readonly name: string;
  /** The search space file: its name, and its text, which is kept with the parent run. */
  readonly file: string;
  readonly text: string;
  readonly dataset: SearchContext['dataset'];
  readonly cross_validation: SearchContext['cross_validation'];
  /** Folds of a trial. */
  readonly folds: number;
  /** How many of them, the first ones, score it. @defaultValue all */
  readonly scored?: number;
  readonly objective: Objective;
  readonly strategy: SearchPayload['strategy'];
  /** Its share among searches that have the same workers. @defaultValue 1 */
  readonly priority?: number;
  /** What stops trials before their last fold, and before the last epoch of their first: a rule's name each, or off. */
  readonly pruning: { readonly folds: string; readonly epochs: string };
  /** When it has had enough. */
  readonly budget?: SearchPayload['budget'];
  /** What a fold and its process may take. */
  readonly limits: NonNullable<SearchContext['limits']>;
  readonly models: readonly ModelAxes[];
  /** What configurations must satisfy. */
  readonly where?: readonly string[];
  readonly seed: number;
  readonly retries: number;
  readonly registeredModel: string;
  /** Whether the winner is held against a trained baseline. */
  readonly baseline: boolean;
  /** What the parent run shows as its parameters. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** The rows as they were read. */
  readonly rows: {
    readonly name: string;
    readonly digest: string;
    /** What a person should know of them, one line each. */
    readonly warnings: readonly string[];
    /** What every model must beat. */
    readonly baselines: readonly BaselineScores[];
    readonly inputs: SearchPayload['inputs'];
    /** The rows of every fold, as the file that the parent run keeps. */
    readonly folds: string;
    /** A local file, which travels with the search; absent for built-in sources. */
    readonly file?: { readonly path: string; readonly sha256: string };
  };
}

export interface Submitted {
  readonly searchId: string;
  readonly experimentId: string;
  readonly parentRunId: string;
}

/**
 * Creates the parent run, or takes the one given, with the search space (and a snapshot of a local dataset) as artifacts, then
 * queues the search. The parent run stays SCHEDULED until an orchestrator takes the job; when queueing fails it ends as FAILED.
 *
 * @param given - An open run that somebody else made, with its name, experiment, parameters and MLflow's own tags; they stay.
 */
export async function submitSearch(
  submission: Submission,
  { tracking, searches }: { tracking: TrackingClient; searches: Queue },
  given?: Run,
): Promise<Submitted> {
  const { name, folds, objective, rows } = submission;
  const total = trialCount({ ...submission, context: submission });
  const removed = removedFrom({ ...submission, context: submission });
  const searchId = newSearchId(name);
  // The search space is what started the runs, not the program that read it.
  const source = { ...(await sourceTags()), [TAGS.sourceName]: basename(submission.file) };
  const tags = {
    ...source,
    [TAGS.role]: ROLE.parent,
    [TAGS.searchId]: searchId,
    [TAGS.jobId]: searchId,
    [TAGS.datasetDigest]: rows.digest,
    [TAGS.baselines]: baselinesTag(rows.baselines),
    ...(rows.warnings.length > 0 && { [TAGS.warnings]: addWarning(undefined, ...rows.warnings) }),
    [TAGS.objective]: objective.metric,
    [TAGS.direction]: objective.direction,
    [TAGS.trials]: String(total),
    [TAGS.folds]: String(total * folds),
    ...(removed !== null && { [TAGS.removed]: String(removed) }),
    [TAGS.estimatorName]: 'GridSearchCV',
    [TAGS.estimatorClass]: 'gridsearch.GridSearchCV',
    [TAGS.autologging]: 'gridsearch',
  };
  const experimentId = given?.info.experimentId ?? (await tracking.getOrCreateExperiment(name));
  const parent =
    given ??
    (await createOnce(tracking, searchId, { experimentId, runName: searchId, startTime: Date.now(), tags }));
  const parentRunId = parent.info.runId;
  try {
    await tracking.updateRun(parentRunId, { status: 'SCHEDULED' });
    const snapshot = rows.file && { artifact: `dataset/${rows.name}`, sha256: rows.file.sha256 };
    const payload = payloadOf(submission, { searchId, experimentId, parentRunId, snapshot, source, total });
    await Promise.all([
      tracking.logBatch(parentRunId, {
        params: besideOthers({ ...submission.parameters, n_candidates: total }, given?.params ?? {}),
      }),
      tracking.logInputs(parentRunId, [rows.inputs.train, rows.inputs.eval]),
      tracking.uploadArtifact(parent, 'search-space.yaml', Buffer.from(submission.text)),
      tracking.uploadArtifact(parent, 'folds.json', Buffer.from(rows.folds)),
      snapshot && tracking.uploadArtifact(parent, snapshot.artifact, createReadStream(rows.file!.path)),
      // Should the queue lose the search, it can be made again from this.
      tracking.uploadArtifact(parent, SUBMITTED, Buffer.from(JSON.stringify(payload))),
    ]);
    // Last: with them it is the run of a search, and one that is not queued would be told of as lost.
    if (given !== undefined) await tracking.logBatch(parentRunId, { tags: untold(tags, given) });
    await searches.add('search', sealData(searchId, payload), { ...SEARCH, jobId: searchId });
  } catch (error) {
    const reason = `it was not queued: ${error instanceof Error ? error.message : String(error)}`;
    await tracking.failRun(parentRunId, reason).catch(() => undefined);
    throw error;
  }
  return { searchId, experimentId, parentRunId };
}

/** The search's job as it starts. */
function payloadOf(
  submission: Submission,
  {
    snapshot,
    total,
    ...ids
  }: Pick<SearchContext, 'searchId' | 'experimentId' | 'parentRunId' | 'source'> & {
    snapshot: SearchContext['snapshot'];
    total: number;
  },
): SearchPayload {
  const { rows } = submission;
  return {
    kind: 'search',
    context: {
      ...ids,
      dataset: submission.dataset,
      ...(snapshot && { snapshot }),
      digest: rows.digest,
      cross_validation: submission.cross_validation,
      folds: submission.folds,
      ...(submission.scored !== undefined && { scored: submission.scored }),
      objective: submission.objective,
      seed: submission.seed,
      ...(Object.keys(submission.limits).length > 0 && { limits: submission.limits }),
    },
    name: submission.name,
    strategy: submission.strategy,
    models: [...submission.models],
    ...(submission.where && { where: [...submission.where] }),
    total,
    ...pruningOf(submission.pruning),
    ...(submission.priority !== undefined && { priority: submission.priority }),
    ...(submission.budget && { budget: submission.budget }),
    retries: submission.retries,
    registeredModel: submission.registeredModel,
    baseline: submission.baseline,
    inputs: rows.inputs,
    submittedAt: Date.now(),
    progress: {
      step: 'plan',
      settled: 0,
      generation: 0,
      trials: { complete: 0, pruned: 0, failed: 0 },
      folds: { finished: 0, failed: 0, spared: 0 },
    },
  };
}

function pruningOf({ folds, epochs }: Submission['pruning']): Pick<SearchPayload, 'pruning'> {
  if (folds === 'off' && epochs === 'off') return {};
  return { pruning: { ...(folds !== 'off' && { folds }), ...(epochs !== 'off' && { epochs }) } };
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
function newSearchId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${slug || 'search'}-${randomBytes(5).toString('hex')}`;
}
