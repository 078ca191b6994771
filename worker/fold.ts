/** One configuration trained on one fold: rows, features, model, loop, metrics, from top to bottom. */
import { codeVersion } from '../learning/code/index.js';
import { developmentFolds, splitStopping } from '../learning/data/index.js';
import { type Engine, engineText } from '../learning/engine/index.js';
import { fitFeatures } from '../learning/features/index.js';
import { modelKind } from '../learning/models/index.js';
import { seedFor } from '../learning/random/index.js';
import { type EpochMetrics, trainClassifier } from '../learning/training/index.js';
import {
  type FoldPayload,
  type FoldResult,
  finiteOrNull,
  finiteOrNullValues,
  innerPlace,
  reuseKey,
  type SearchContext,
  type StopEvidence,
} from '../queue/index.js';
import { ROLE, TAGS } from '../tracking/client/index.js';
import { watchEpochs } from './epoch-pruning.js';
import { fitContext, type Task } from './job.js';
import { points } from './live-metrics.js';
import { foldPredictions } from './predictions.js';
import { labelsOf, rowsOf } from './rows.js';

const CODE = codeVersion();

/** The result depends on the payload and the engine alone. */
export const fold: Task<FoldPayload, FoldResult> = {
  run: ({ context, configuration, fold, trialRunId, rows }, engine) => ({
    runName: `${configuration.model}-${configuration.index}-fold-${fold}`,
    parentRunId: trialRunId,
    tags: {
      [TAGS.role]: ROLE.fold,
      [TAGS.fold]: String(fold),
      ...innerTag(innerPlace(context, fold)),
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
      ...keysOf(context, rows, engine),
    },
  }),

  /** Folds are taken in their order: the first one to start tells that the trial has. */
  async announce({ fold, trialRunId }, tracking) {
    if (fold === 0) await tracking.updateRun(trialRunId, { status: 'RUNNING' });
  },

  async work(payload, { run, live }, deps) {
    const { context, configuration, fold: index } = payload;
    const { engine, signal } = deps;
    const { dataset, spec, crossValidation, objective } = await rowsOf(context, deps);
    const rows = developmentFolds(dataset, { testSize: spec.test_size, seed: context.seed, crossValidation })[
      index
    ]!;
    const kind = modelKind(configuration.model);
    const { parameters } = configuration;
    const watched = Number(parameters.validation_size ?? 0);
    const { train, stopping } =
      watched === 0
        ? { train: rows.train, stopping: undefined }
        : splitStopping(dataset, rows.train, watched, context.seed);
    const labelled = (part: Int32Array) => ({
      examples: features.examples(part),
      labels: labelsOf(dataset, part),
    });
    const features = await fitFeatures(kind.features, dataset, train, parameters, fitContext(deps));

    const watch = watchEpochs(payload, objective);
    let stop: StopEvidence | undefined;
    deps.training(true);
    const started = performance.now();
    const trained = await trainClassifier({
      engine,
      kind,
      parameters,
      classes: dataset.classes.length,
      input: features.input,
      seed: seedFor(context.seed, configuration.hash, index),
      train: labelled(train),
      validation: labelled(rows.validation),
      ...(stopping && { stopping: labelled(stopping) }),
      objective,
      onEpoch: (epoch) => {
        live.log(epoch.epoch, epochMetrics(epoch));
        stop = watch.see(epoch.epoch, epoch.validation![objective.metric]);
        return stop && 'stop';
      },
      signal,
    }).finally(() => deps.training(false));
    const fitSeconds = (performance.now() - started) / 1000;
    trained.dispose();

    const best = trained.history[trained.bestEpoch - 1]!;
    const metrics = best.validation!;
    const score = metrics[objective.metric];
    const scoreSeconds = best.validationSeconds ?? 0;
    const finishedAt = Date.now();
    const kept = Object.entries(metrics).map(([name, value]) => [`best_val_${name}`, value]);
    const summary = {
      ...Object.fromEntries(kept),
      score,
      best_epoch: trained.bestEpoch,
      ...(trained.solution && {
        converged: Number(trained.solution.converged),
        iterations: trained.solution.iterations,
      }),
      fit_time: fitSeconds,
      score_time: scoreSeconds,
      train_rows: train.length,
      ...(stopping && { early_stopping_rows: stopping.length }),
      validation_rows: rows.validation.length,
      ...features.metrics,
      ...Object.fromEntries(watch.rungs.map(({ epoch, score }) => [`epoch${epoch}_score`, score])),
    };
    return {
      last: {
        params: { model: configuration.model, ...parameters, fold: index },
        metrics: points(trained.history.length, finishedAt, summary),
        tags: {
          [TAGS.memory]: process.resourceUsage().maxRSS * 1024,
          ...(stop && { [TAGS.pruningEvidence]: JSON.stringify(stop) }),
        },
      },
      // Of a fold that was stopped they are not what its configuration predicts.
      ...(stop === undefined && {
        files: foldPredictions(dataset, {
          rows: rows.validation,
          labels: labelsOf(dataset, rows.validation),
          probabilities: trained.validationProbabilities!,
        }),
      }),
      result: {
        runId: run.info.runId,
        score: finiteOrNull(score),
        metrics: finiteOrNullValues(metrics),
        bestEpoch: trained.bestEpoch,
        fitSeconds,
        scoreSeconds,
        finishedAt,
        engine: engine.name,
        ...(watch.rungs.length > 0 && { rungs: watch.rungs }),
        ...(stop && { stop }),
      },
    };
  },
};

const innerTag = (inner: ReturnType<typeof innerPlace>): Record<string, string> =>
  inner === undefined ? {} : { [TAGS.innerFold]: `${inner.outer}.${inner.split}` };

/** Tags by which later searches find the fold; none where the code that trains has no name. */
function keysOf(
  context: SearchContext,
  rows: string | undefined,
  engine: Engine,
): Readonly<Record<string, string>> {
  if (rows === undefined || CODE === undefined) return {};
  const key = reuseKey(context, { engine: engineText(engine), code: CODE });
  return { [TAGS.reuseKey]: key, [TAGS.foldRows]: rows };
}

/** Under Keras's names, which people know from learning curves. */
function epochMetrics({ loss, accuracy, seconds, ...measured }: EpochMetrics): Record<string, number> {
  const prefixed = (prefix: string, values: object = {}): [string, number][] =>
    Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]);
  const { validation, stopping } = measured;
  return {
    loss,
    accuracy,
    ...Object.fromEntries([...prefixed('val', validation), ...prefixed('stop', stopping)]),
    epoch_time: seconds,
  };
}
