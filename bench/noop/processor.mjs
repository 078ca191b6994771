/**
 * A worker's child process that trains nothing: the path of every job (worker/job.ts) with its requests to tracking, and no
 * fold. Ten metrics in each of five epochs.
 */
import { ROLE, TAGS } from '../../dist/tracking/client/index.js';
import { fold } from '../../dist/worker/fold.js';
import { carryOut } from '../../dist/worker/job.js';

const engine = { name: 'no-op', version: '0', threads: 1 };
const EPOCHS = 5;
const METRICS = 10;

export default async function load() {
  return (payload, attempt, around) => {
    const task = payload.kind === 'fold' ? foldWithoutTraining : refitWithoutModel;
    return carryOut(task, payload, attempt, { ...around, engine });
  };
}

const foldWithoutTraining = {
  ...fold,
  async work({ configuration, fold: index }, { run, live }) {
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      live.log(
        epoch,
        Object.fromEntries(Array.from({ length: METRICS }, (_, k) => [`metric_${k}`, epoch + k / METRICS])),
      );
    }
    const score = 1 / (1 + configuration.index);
    return {
      last: { params: { model: configuration.model, ...configuration.parameters, fold: index } },
      result: {
        runId: run.info.runId,
        score,
        metrics: { loss: 1, accuracy: score, f1_macro: score, roc_auc: score },
        bestEpoch: EPOCHS,
        fitSeconds: 0,
        scoreSeconds: 0,
        finishedAt: Date.now(),
        engine: engine.name,
      },
    };
  },
};

/** The search ends with a refit and a registered version; of this one's model there is one small file. */
const refitWithoutModel = {
  run: ({ configuration, trialRunId }) => ({
    runName: `${configuration.model}-${configuration.index}-refit`,
    parentRunId: trialRunId,
    tags: { [TAGS.role]: ROLE.refit },
  }),
  async work(_payload, { run }, { tracking }) {
    await tracking.uploadArtifact(run, 'model/MLmodel', Buffer.from('flavors: {}\n'));
    return {
      last: {},
      result: {
        runId: run.info.runId,
        testMetrics: { f1_macro: 1 },
        trainingMetrics: { f1_macro: 1 },
        testDigest: 'none',
        artifact: 'model',
        engine: engine.name,
        processes: 2,
        threads: 1,
        finishedAt: Date.now(),
      },
    };
  },
};
