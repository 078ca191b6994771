/** The refit: the winner trained on all development rows, measured once on the test rows, packaged. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { datasetParts, digestOfRows, splitHeldOut } from '../learning/data/index.js';
import { fitFeatures } from '../learning/features/index.js';
import { classificationMetrics } from '../learning/metrics/index.js';
import { modelKind, type Parameters } from '../learning/models/index.js';
import { type PackageContents, writeModelPackage } from '../learning/package/index.js';
import { seedFor } from '../learning/random/index.js';
import { trainClassifier } from '../learning/training/index.js';
import { finiteOrNullValues, type RefitPayload, type RefitResult } from '../queue/index.js';
import { baselinesTag, datasetInput, ROLE, type Run, TAGS } from '../tracking/client/index.js';
import { allEnded } from './all-ended.js';
import { textBaseline } from './baseline.js';
import { evaluationFiles } from './evaluation.js';
import { fitContext, type JobDeps, type Task } from './job.js';
import { points } from './live-metrics.js';
import { testPredictions } from './predictions.js';
import { labelsOf, rowsOf } from './rows.js';

/** Folder of the model package among the run's artifacts. */
const MODEL_ARTIFACT = 'model';

/** How long uploads get between two folds of the baseline, in ms: a server gives up on a request that is silent for long. */
const UPLOAD_TURN = 1000;

/** Its run lies under the winning child run. */
export const refit: Task<RefitPayload, RefitResult> = {
  run: ({ context, configuration, trialRunId }) => ({
    runName: `${configuration.model}-${configuration.index}-refit`,
    parentRunId: trialRunId,
    tags: {
      [TAGS.role]: ROLE.refit,
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
      [TAGS.datasetDigest]: context.digest,
    },
  }),

  async work(payload, { run, live }, deps) {
    const { context, configuration } = payload;
    const { engine, signal } = deps;
    const { dataset, spec } = await rowsOf(context, deps);
    const { development, test } = splitHeldOut(dataset, spec.test_size, context.seed);
    const parameters: Parameters = {
      ...configuration.parameters,
      ...('epochs' in configuration.parameters && { epochs: payload.epochs, patience: 0 }),
    };
    const kind = modelKind(configuration.model);
    const features = await fitFeatures(kind.features, dataset, development, parameters, fitContext(deps));
    const train = { examples: features.examples(development), labels: labelsOf(dataset, development) };
    const trained = await trainClassifier({
      engine,
      kind,
      parameters,
      classes: dataset.classes.length,
      input: features.input,
      seed: seedFor(context.seed, configuration.hash, 'refit'),
      train,
      onEpoch: ({ epoch, loss, accuracy, seconds }) =>
        live.log(epoch, { loss, accuracy, epoch_time: seconds }),
      signal,
    });

    const labels = labelsOf(dataset, test);
    const probabilities = trained.predict(features.examples(test));
    const measure = (of: Int32Array, predicted: Float32Array): Record<string, number> => ({
      ...classificationMetrics(of, predicted, dataset.classes.length),
    });
    const metrics = measure(labels, probabilities);
    const training = measure(train.labels, trained.predict(train.examples));
    const testMetrics = finiteOrNullValues(metrics);
    const testDigest = digestOfRows(dataset, test);
    const saved = await trained.save();
    const packaged = {
      modelJson: saved.modelJson,
      weightData: saved.weightData,
      weights: trained.weights(),
      kind: configuration.model,
      parameters,
      features: { ...(await features.files()), ...saved.files },
      needs: kind.features.packageNeeds,
      ...(spec.normalize && { normalize: spec.normalize }),
      classes: dataset.classes,
      name: payload.modelName,
      runId: run.info.runId,
      inputExample: Array.from(test.subarray(0, 3), (row) => dataset.texts[row]!),
      metrics: testMetrics,
      datasetDigest: dataset.digest,
      engine: `${engine.name} ${engine.version}`,
    };
    trained.dispose();
    const parts = datasetParts(dataset, { development, test });
    // What is written is on its way while the baseline is trained. All to their ends: nothing may land on a run that was given up.
    const written = allEnded([
      upload(run, evaluationFiles(dataset, labels, probabilities), deps),
      uploadPackage(run, packaged, deps),
      deps.tracking.logInputs(run.info.runId, [datasetInput(parts.train), datasetInput(parts.eval)]),
    ]);
    const atTheirTurn = () =>
      Promise.race([written.catch(() => undefined), sleep(UPLOAD_TURN, undefined, { ref: false })]);
    const [, baseline] = await allEnded([
      written,
      payload.baseline ? textBaseline(context, deps, atTheirTurn) : Promise.resolve(undefined),
    ]);
    const finishedAt = Date.now();
    return {
      last: {
        params: { model: configuration.model, ...parameters },
        metrics: points(0, finishedAt, { ...prefixed('test_', metrics), ...prefixed('training_', training) }),
        tags: {
          [TAGS.testDigest]: testDigest,
          ...(baseline && { [TAGS.baselines]: baselinesTag([baseline]) }),
        },
      },
      files: testPredictions(dataset, { rows: test, labels, probabilities }),
      result: {
        runId: run.info.runId,
        testMetrics,
        trainingMetrics: finiteOrNullValues(training),
        testDigest,
        artifact: MODEL_ARTIFACT,
        ...(baseline && { baseline }),
        engine: engine.name,
        processes: Number(process.env.GRIDSEARCH_PROCESSES ?? 1),
        threads: engine.threads,
        finishedAt,
      },
    };
  },
};

const prefixed = (prefix: string, values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

async function upload(
  run: Run,
  files: Readonly<Record<string, string>>,
  { tracking }: JobDeps,
): Promise<void> {
  await allEnded(
    Object.entries(files).map(([path, content]) => tracking.uploadArtifact(run, path, Buffer.from(content))),
  );
}

/** Writes the model package, uploads it, and notes it among the run's models. */
async function uploadPackage(run: Run, contents: PackageContents, { tracking }: JobDeps): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gridsearch-model-'));
  try {
    await writeModelPackage(folder, contents);
    await tracking.uploadFolder(run, folder, MODEL_ARTIFACT);
    await tracking.logModel(run.info.runId, parse(await readFile(join(folder, 'MLmodel'), 'utf8')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
