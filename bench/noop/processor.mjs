/**
 * A worker's child process that trains nothing: every request to tracking that worker/trial.ts makes, and no fold.
 * Ten metrics in each of five epochs.
 */

import { ROLE, TAGS, workerPayload } from '../../dist/queue/index.js';
import { createTrackingClient, trackingFromEnv } from '../../dist/tracking/client/index.js';
import { liveMetrics, nextStep, openRun } from '../../dist/worker/run.js';

process.on('disconnect', () => process.exit(1));

const engine = { name: 'no-op', version: '0', threads: 1 };
const tracking = createTrackingClient({
  ...trackingFromEnv(process.env),
  uri: process.env.GRIDSEARCH_TRACKING_URI,
});
const EPOCHS = 5;
const METRICS = 10;

export default async function handle(job) {
  const payload = workerPayload.parse(job.data);
  const attempt = { jobId: job.id, resumed: (job.attemptsStarted ?? 1) > 1, last: true };
  return payload.kind === 'fold'
    ? foldWithoutTraining(payload, attempt)
    : refitWithoutModel(payload, attempt);
}

async function foldWithoutTraining({ context, configuration, fold, trialRunId }, attempt) {
  const opening = openRun(tracking, context, attempt, engine, {
    runName: `${configuration.model}-${configuration.index}-fold-${fold}`,
    parentRunId: trialRunId,
    tags: {
      [TAGS.role]: ROLE.fold,
      [TAGS.fold]: String(fold),
      [TAGS.index]: String(configuration.index),
      [TAGS.configuration]: configuration.hash,
    },
  });
  const announced = fold === 0 ? tracking.updateRun(trialRunId, { status: 'RUNNING' }) : Promise.resolve();
  const [run] = await Promise.all([opening, announced]);
  const { runId } = run.info;
  const live = liveMetrics(tracking, runId, await nextStep(tracking, run, attempt.resumed));
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    live.log(
      epoch,
      Object.fromEntries(Array.from({ length: METRICS }, (_, k) => [`metric_${k}`, epoch + k / METRICS])),
    );
  }
  await live.finish({ params: { model: configuration.model, ...configuration.parameters, fold } });
  const finishedAt = Date.now();
  await tracking.updateRun(runId, { status: 'FINISHED', endTime: finishedAt });
  const score = 1 / (1 + configuration.index);
  return {
    runId,
    score,
    metrics: { loss: 1, accuracy: score, f1_macro: score, roc_auc: score },
    bestEpoch: EPOCHS,
    fitSeconds: 0,
    scoreSeconds: 0,
    finishedAt,
    engine: engine.name,
  };
}

/** The search ends with a refit and a registered version; this one's model folder is empty. */
async function refitWithoutModel({ context, configuration, trialRunId }, attempt) {
  const run = await openRun(tracking, context, attempt, engine, {
    runName: `${configuration.model}-${configuration.index}-refit`,
    parentRunId: trialRunId,
    tags: { [TAGS.role]: ROLE.refit },
  });
  const finishedAt = Date.now();
  await tracking.updateRun(run.info.runId, { status: 'FINISHED', endTime: finishedAt });
  return {
    runId: run.info.runId,
    testMetrics: { f1_macro: 1 },
    trainingMetrics: { f1_macro: 1 },
    testDigest: 'none',
    artifact: 'model',
    engine: engine.name,
    processes: 2,
    threads: 1,
    finishedAt,
  };
}
