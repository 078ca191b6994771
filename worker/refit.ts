/** The refit: the winner trained on all development rows, measured once on the test rows, packaged. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type Dataset,
  datasetInputs,
  digestOfRows,
  encodedFold,
  seedFor,
  splitHeldOut,
} from '../learning/data/index.js';
import {
  classificationMetrics,
  classificationReport,
  confusionMatrix,
  confusionMatrixSvg,
  precisionRecallCurves,
  precisionRecallSvg,
  rocCurveSvg,
  rocCurves,
} from '../learning/metrics/index.js';
import { MODEL_KINDS } from '../learning/models/index.js';
import type { Parameters } from '../learning/models/types.js';
import { writeModelPackage } from '../learning/package/index.js';
import { trainClassifier } from '../learning/train.js';
import { finiteOrNullValues, type RefitPayload, type RefitResult, ROLE, TAGS } from '../queue/index.js';
import type { Run } from '../tracking/client/index.js';
import { failRun, type JobAttempt, liveMetrics, nextStep, openRun, points } from './run.js';
import { datasetOf } from './snapshot.js';
import { labelsOf, type TrialDeps } from './trial.js';

/** Folder of the model package among the run's artifacts. */
const MODEL_ARTIFACT = 'model';

/** Trains, measures and packages the winner; its run lies under the winning child run. */
export async function runRefit(
  payload: RefitPayload,
  attempt: JobAttempt,
  deps: TrialDeps,
): Promise<RefitResult> {
  const { context, configuration } = payload;
  const { tracking, engine, signal } = deps;
  const run = await openRun(tracking, context, attempt, engine, {
    runName: `${configuration.model}-${configuration.index}-refit`,
    parentRunId: payload.trialRunId,
    tags: {
      [TAGS.role]: ROLE.refit,
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
      [TAGS.datasetDigest]: context.digest,
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'gridsearch-model-'));
  try {
    const dataset = await datasetOf(context, deps);
    const { development, test } = splitHeldOut(dataset, context.dataset.test_size, context.seed);
    const fold = { train: development, validation: test };
    const parameters: Parameters = { ...configuration.parameters, epochs: payload.epochs, patience: 0 };
    const {
      vocabulary,
      train,
      validation: testTexts,
    } = encodedFold({
      dataset,
      fold,
      foldKey: JSON.stringify(['refit', context.dataset.test_size, context.seed]),
      vocabularySize: Number(parameters.vocabulary_size),
      maxTokens: Number(parameters.max_tokens),
    });
    const trainingLabels = labelsOf(dataset.labels, development);
    const kind = MODEL_KINDS[configuration.model]!;
    const live = liveMetrics(tracking, run.info.runId, await nextStep(tracking, run, attempt.resumed));
    const trained = await trainClassifier({
      engine,
      kind,
      parameters,
      classes: dataset.classes.length,
      vocabularySize: vocabulary.words.length + 2,
      seed: seedFor(context.seed, configuration.hash, 'refit'),
      train: { texts: train, labels: trainingLabels },
      onEpoch: ({ epoch, loss, accuracy, seconds }) =>
        live.log(epoch, { loss, accuracy, epoch_time: seconds }),
      signal,
    });

    const labels = labelsOf(dataset.labels, test);
    const probabilities = trained.predict(testTexts);
    const measure = (of: Int32Array, predicted: Float32Array): Record<string, number> => ({
      ...classificationMetrics(of, predicted, dataset.classes.length),
    });
    const metrics = measure(labels, probabilities);
    const training = measure(trainingLabels, trained.predict(train));
    const testMetrics = finiteOrNullValues(metrics);
    const testDigest = digestOfRows(dataset, test);
    const saved = await trained.save();
    await writeModelPackage(folder, {
      modelJson: saved.modelJson,
      weightData: saved.weightData,
      weights: trained.weights(),
      kind: configuration.model,
      parameters,
      vocabulary,
      classes: dataset.classes,
      name: payload.modelName,
      runId: run.info.runId,
      inputExample: Array.from(test.subarray(0, 3), (row) => dataset.texts[row]!),
      metrics: testMetrics,
      datasetDigest: dataset.digest,
      engine: `${engine.name} ${engine.version}`,
    });
    trained.dispose();
    await logEvaluation(run, dataset, labels, probabilities, deps);
    await tracking.uploadFolder(run, folder, MODEL_ARTIFACT);

    const finishedAt = Date.now();
    const inputs = datasetInputs(dataset, { development, test });
    await tracking.logInputs(run.info.runId, [inputs.train, inputs.eval]);
    await tracking.logModel(run.info.runId, parse(await readFile(join(folder, 'MLmodel'), 'utf8')));
    await live.finish({
      params: { model: configuration.model, ...parameters },
      metrics: points(0, finishedAt, { ...prefixed('test_', metrics), ...prefixed('training_', training) }),
      tags: { [TAGS.testDigest]: testDigest },
    });
    await tracking.updateRun(run.info.runId, { status: 'FINISHED', endTime: finishedAt });
    return {
      runId: run.info.runId,
      testMetrics,
      trainingMetrics: finiteOrNullValues(training),
      testDigest,
      artifact: MODEL_ARTIFACT,
      engine: engine.name,
      processes: Number(process.env.GRIDSEARCH_PROCESSES ?? 1),
      threads: engine.threads,
      finishedAt,
    };
  } catch (error) {
    if (attempt.last && !signal.aborted) await failRun(tracking, run, error);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const prefixed = (prefix: string, values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

/** Confusion matrix, curves and report of the test rows, as data and as pictures. */
async function logEvaluation(
  run: Run,
  { classes, name, digest, source, texts }: Dataset,
  labels: Int32Array,
  probabilities: Float32Array,
  { tracking }: TrialDeps,
): Promise<void> {
  const matrix = confusionMatrix(labels, probabilities, classes.length);
  const roc = rocCurves(labels, probabilities, classes);
  const precisionRecall = precisionRecallCurves(labels, probabilities, classes);
  const report = classificationReport(matrix, classes);
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const files: Record<string, string> = {
    'dataset.json': json({ name, digest, source: JSON.parse(source), rows: texts.length, classes }),
    'evaluation/confusion_matrix.json': json({ classes, matrix }),
    'evaluation/confusion_matrix.svg': confusionMatrixSvg(matrix, classes),
    'evaluation/roc_curve.json': json(roc),
    'evaluation/roc_curve.svg': rocCurveSvg(roc),
    'evaluation/precision_recall_curve.json': json(precisionRecall),
    'evaluation/precision_recall_curve.svg': precisionRecallSvg(precisionRecall),
    'evaluation/classification_report.json': json(report),
    'evaluation/classification_report.txt': report.text,
  };
  await Promise.all(
    Object.entries(files).map(([path, content]) => tracking.uploadArtifact(run, path, Buffer.from(content))),
  );
}
