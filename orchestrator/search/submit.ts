/** Submission: from a validated search space to a queued search. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Queue } from 'bullmq';
import { foldCount, ROLE, type SearchContext, type SearchPayload, TAGS } from '../../queue/index.js';
import { sourceTags, TAG, type TrackingClient } from '../../tracking/client/index.js';
import { configurationCount, type SearchSpace } from '../space/index.js';
import { STEP } from './window.js';

/** What submission needs to know of the dataset; whoever reads the data provides it. */
export interface DatasetIdentity {
  readonly name: string;
  readonly digest: string;
  readonly inputs: SearchPayload['inputs'];
  /** SHA-256 of the file; absent for built-in sources. */
  readonly sha256?: string;
}

export interface Submitted {
  readonly searchId: string;
  readonly experimentId: string;
  readonly parentRunId: string;
}

/**
 * Creates the parent run with the search space (and a snapshot of a local dataset) as artifacts, then queues the
 * search. The parent run stays SCHEDULED until an orchestrator takes the job; when queueing fails it ends as FAILED.
 */
export async function submitSearch(
  space: SearchSpace,
  dataset: DatasetIdentity,
  { tracking, searches }: { tracking: TrackingClient; searches: Queue },
): Promise<Submitted> {
  const searchId = newSearchId(space.name);
  // The search space is what started the runs, not the program that read it.
  const source = { ...(await sourceTags()), [TAG.sourceName]: basename(space.source.file) };
  const experimentId = await tracking.getOrCreateExperiment(space.name);
  const parent = await tracking.createRun({
    experimentId,
    runName: searchId,
    startTime: Date.now(),
    tags: {
      ...source,
      [TAGS.role]: ROLE.parent,
      [TAGS.searchId]: searchId,
      [TAGS.jobId]: searchId,
      [TAGS.datasetDigest]: dataset.digest,
      [TAGS.objective]: space.objective.metric,
      [TAGS.direction]: space.objective.direction,
      'gridsearch.trials': String(configurationCount(space)),
      'gridsearch.folds': String(configurationCount(space) * foldCount(space.cross_validation)),
      estimator_name: 'GridSearchCV',
      estimator_class: 'gridsearch.GridSearchCV',
      [TAG.autologging]: 'gridsearch',
    },
  });
  const parentRunId = parent.info.runId;
  try {
    await tracking.updateRun(parentRunId, { status: 'SCHEDULED' });
    const snapshot = dataset.sha256 && space.dataset.path ? `dataset/${dataset.name}` : undefined;
    await Promise.all([
      tracking.logBatch(parentRunId, { params: searchParameters(space) }),
      tracking.logInputs(parentRunId, [dataset.inputs.train, dataset.inputs.eval]),
      tracking.uploadArtifact(parent, 'search-space.yaml', Buffer.from(space.source.text)),
      snapshot && tracking.uploadArtifact(parent, snapshot, createReadStream(space.dataset.path!)),
    ]);
    const context: SearchContext = {
      searchId,
      experimentId,
      parentRunId,
      dataset: {
        ...space.dataset,
        ...(snapshot && { snapshot: { artifact: snapshot, sha256: dataset.sha256! } }),
      },
      digest: dataset.digest,
      cross_validation: space.cross_validation,
      objective: space.objective,
      seed: space.seed,
      source,
    };
    const payload: SearchPayload = {
      kind: 'search',
      context,
      name: space.name,
      models: space.models.map(({ model, axes }) => ({
        model,
        axes: axes.map(({ parameter, values }) => ({ parameter, values: [...values] })),
      })),
      retries: space.retries,
      registeredModel: space.registered_model,
      inputs: dataset.inputs,
      submittedAt: Date.now(),
      progress: {
        step: 'plan',
        planned: 0,
        trials: { finished: 0, failed: 0 },
        folds: { finished: 0, failed: 0 },
      },
    };
    // Kept for a week after its end, so that `run` and `status` can read the outcome.
    await searches.add('search', payload, {
      ...STEP,
      jobId: searchId,
      removeOnComplete: { age: 7 * 24 * 3600 },
      removeOnFail: { age: 7 * 24 * 3600 },
    });
  } catch (error) {
    await tracking.updateRun(parentRunId, { status: 'FAILED', endTime: Date.now() }).catch(() => undefined);
    throw error;
  }
  return { searchId, experimentId, parentRunId };
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

/** Parameters of the search as scikit-learn's autologging names them, where it has a name. */
function searchParameters(space: SearchSpace): Record<string, string | number> {
  const { cross_validation: cv, objective, dataset } = space;
  return {
    scoring: objective.metric,
    direction: objective.direction,
    cv: cv.strategy,
    n_splits: cv.n_splits,
    n_repeats: cv.n_repeats,
    ...(cv.validation_size !== undefined && { validation_size: cv.validation_size }),
    cv_seed: cv.seed,
    seed: space.seed,
    retries: space.retries,
    test_size: dataset.test_size,
    dataset: dataset.path ?? dataset.source,
    ...(dataset.limit !== undefined && { limit: dataset.limit }),
    n_candidates: configurationCount(space),
    param_grid: JSON.stringify(
      Object.fromEntries(
        space.models.map(({ model, axes }) => [
          model,
          Object.fromEntries(axes.map(({ parameter, values }) => [parameter, values])),
        ]),
      ),
    ),
  };
}
