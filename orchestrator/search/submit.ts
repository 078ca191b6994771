/** Submission: from a validated search space to a queued search. */
import { createReadStream } from 'node:fs';
import type { Queue } from 'bullmq';
import type { ModelAxes, Objective, SearchContext, SearchPayload } from '../../queue/index.js';
import {
  addWarning,
  type BaselineScores,
  baselinesTag,
  TAGS,
  type TrackingClient,
} from '../../tracking/client/index.js';
import type { From } from './earlier-folds.js';
import { NOT_BEGUN, type QueueOptions, queueSearch, type SearchIds, type Submitted } from './queue-search.js';
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
    /** What each fold is, in their order: by it later searches find its results. */
    readonly foldDigests: readonly string[];
    /** A local file, which travels with the search; absent for built-in sources. */
    readonly file?: { readonly path: string; readonly sha256: string };
  };
}

export interface SubmitOptions extends QueueOptions {
  /** Earlier results that it takes over. @defaultValue none */
  readonly from?: From | undefined;
  /** The search that it goes beyond. */
  readonly extends?: string;
}

/**
 * Creates the parent run, or takes the one given, with the search space (and a snapshot of a local dataset) as artifacts, then
 * queues the search.
 */
export async function submitSearch(
  submission: Submission,
  deps: { tracking: TrackingClient; searches: Queue },
  { from, extends: extended, ...options }: SubmitOptions = {},
): Promise<Submitted> {
  const { name, folds, objective, rows } = submission;
  const total = trialCount({ ...submission, context: submission });
  const removed = removedFrom({ ...submission, context: submission });
  return queueSearch(
    {
      name,
      file: submission.file,
      tags: {
        [TAGS.datasetDigest]: rows.digest,
        [TAGS.baselines]: baselinesTag(rows.baselines),
        ...(rows.warnings.length > 0 && { [TAGS.warnings]: addWarning(undefined, ...rows.warnings) }),
        [TAGS.objective]: objective.metric,
        [TAGS.direction]: objective.direction,
        [TAGS.trials]: String(total),
        [TAGS.folds]: String(total * folds),
        ...(removed !== null && { [TAGS.removed]: String(removed) }),
        ...(extended && { [TAGS.extends]: extended }),
      },
      params: { ...submission.parameters, n_candidates: total },
      snapshot: rows.file && { artifact: `dataset/${rows.name}`, sha256: rows.file.sha256 },
      artifacts: [
        { path: 'search-space.yaml', content: () => Buffer.from(submission.text) },
        { path: 'folds.json', content: () => Buffer.from(rows.folds) },
        ...(rows.file
          ? [{ path: `dataset/${rows.name}`, content: () => createReadStream(rows.file!.path) }]
          : []),
      ],
      payload: (ids) => payloadOf(submission, { ...ids, total, from }),
    },
    deps,
    options,
  );
}

/** The search's job as it starts. */
function payloadOf(
  submission: Submission,
  { total, from, ...ids }: SearchIds & { total: number; from: From | undefined },
): SearchPayload {
  const { rows } = submission;
  return {
    kind: 'search',
    context: {
      ...ids,
      dataset: submission.dataset,
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
    reuse: { rows: [...rows.foldDigests], ...(from && { from }) },
    inputs: rows.inputs,
    submittedAt: Date.now(),
    progress: NOT_BEGUN,
  };
}

function pruningOf({ folds, epochs }: Submission['pruning']): Pick<SearchPayload, 'pruning'> {
  if (folds === 'off' && epochs === 'off') return {};
  return { pruning: { ...(folds !== 'off' && { folds }), ...(epochs !== 'off' && { epochs }) } };
}
