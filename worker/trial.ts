/** A trial's work on one fold, from payload to metrics: rows, batches, model, loop, log. */

import { developmentFolds, encodedFold, type Fold, seedFor } from '../learning/data/index.js';
import type { Engine } from '../learning/engine/types.js';
import { MODEL_KINDS } from '../learning/models/index.js';
import { type EpochMetrics, trainClassifier } from '../learning/train.js';
import {
  type FoldPayload,
  type FoldResult,
  finiteOrNull,
  finiteOrNullValues,
  foldCount,
  type MetricName,
  ROLE,
  type SearchContext,
  TAGS,
} from '../queue/index.js';
import type { TrackingClient } from '../tracking/client/index.js';
import { failRun, type JobAttempt, liveMetrics, nextStep, openRun, points } from './run.js';
import { datasetOf } from './snapshot.js';

export type { JobAttempt } from './run.js';

/** What a job works with. */
export interface TrialDeps {
  readonly tracking: TrackingClient;
  readonly engine: Engine;
  readonly cacheDir: string;
  /** Aborts when the job is to be handed back. */
  readonly signal: AbortSignal;
}

/**
 * Trains one configuration on one fold and logs it as a fold run under the trial's child run. The result depends on
 * the payload and the engine alone.
 */
export async function runFold(
  payload: FoldPayload,
  attempt: JobAttempt,
  deps: TrialDeps,
): Promise<FoldResult> {
  const { context, configuration, fold: index } = payload;
  const { tracking, engine, signal } = deps;
  const opening = openRun(tracking, context, attempt, engine, {
    runName: `${configuration.model}-${configuration.index}-fold-${index}`,
    parentRunId: payload.trialRunId,
    tags: {
      [TAGS.role]: ROLE.fold,
      [TAGS.fold]: String(index),
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
    },
  });
  // Folds are taken in their order: the first one to start tells that the trial has.
  const announced =
    index === 0 ? tracking.updateRun(payload.trialRunId, { status: 'RUNNING' }) : Promise.resolve();
  const [run] = await Promise.all([opening, announced]);
  const { runId } = run.info;
  try {
    const dataset = await datasetOf(context, deps);
    const fold = developmentFolds(dataset, {
      testSize: context.dataset.test_size,
      seed: context.seed,
      crossValidation: context.cross_validation,
    })[index]!;
    const encoded = encodedFold({
      dataset,
      fold,
      foldKey: foldKey(context, index),
      vocabularySize: Number(configuration.parameters.vocabulary_size),
      maxTokens: Number(configuration.parameters.max_tokens),
    });

    const live = liveMetrics(tracking, runId, await nextStep(tracking, run, attempt.resumed));
    const started = performance.now();
    const trained = await trainClassifier({
      engine,
      kind: MODEL_KINDS[configuration.model]!,
      parameters: configuration.parameters,
      classes: dataset.classes.length,
      vocabularySize: encoded.vocabulary.words.length + 2,
      seed: seedFor(context.seed, configuration.hash, index),
      train: { texts: encoded.train, labels: labelsOf(dataset.labels, fold.train) },
      validation: { texts: encoded.validation, labels: labelsOf(dataset.labels, fold.validation) },
      objective: context.objective,
      onEpoch: (epoch) => live.log(epoch.epoch, epochMetrics(epoch)),
      signal,
    });
    const fitSeconds = (performance.now() - started) / 1000;
    trained.dispose();

    const best = trained.history[trained.bestEpoch - 1]!;
    const metrics: Record<MetricName, number> = {
      loss: best.val_loss!,
      accuracy: best.val_accuracy!,
      f1_macro: best.val_f1_macro!,
      roc_auc: best.val_roc_auc!,
    };
    const finishedAt = Date.now();
    const summary = {
      score: metrics[context.objective.metric],
      best_epoch: trained.bestEpoch,
      fit_time: fitSeconds,
      score_time: best.validationSeconds ?? 0,
      train_rows: fold.train.length,
      validation_rows: fold.validation.length,
    };
    await live.finish({
      params: { model: configuration.model, ...configuration.parameters, fold: index },
      metrics: points(trained.history.length, finishedAt, summary),
    });
    await tracking.updateRun(runId, { status: 'FINISHED', endTime: finishedAt });
    return {
      runId,
      score: finiteOrNull(metrics[context.objective.metric]),
      metrics: finiteOrNullValues(metrics),
      bestEpoch: trained.bestEpoch,
      fitSeconds,
      scoreSeconds: best.validationSeconds ?? 0,
      finishedAt,
      engine: engine.name,
    };
  } catch (error) {
    if (attempt.last && !signal.aborted) await failRun(tracking, run, error);
    throw error;
  }
}

/** Names a fold among all folds of all searches on the same rows: the key of what was fitted on its training rows. */
function foldKey({ dataset, cross_validation: cv, seed }: SearchContext, index: number): string {
  return JSON.stringify([dataset.test_size, seed, cv, index, foldCount(cv)]);
}

/** Labels of the rows of one side of a fold. */
export function labelsOf(labels: Int32Array, rows: Fold['train']): Int32Array {
  return Int32Array.from(rows, (row) => labels[row]!);
}

function epochMetrics({
  epoch: _,
  seconds,
  validationSeconds: __,
  ...metrics
}: EpochMetrics): Record<string, number> {
  return { ...metrics, epoch_time: seconds };
}
