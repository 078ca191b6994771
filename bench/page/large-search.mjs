/** A finished search of made-up scores, through the protocol: what the review page shows of thousands of configurations. */

/** Values of each parameter; all combinations are 5,040. */
const GRID = {
  units: [8, 16, 24, 32, 48, 64, 96],
  learning_rate: [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
  dropout: [0, 0.1, 0.2, 0.3, 0.4],
  batch_size: [16, 32, 64, 128],
  max_tokens: [16, 24, 32, 48, 64, 128],
};

export async function largeSearch(client, { children, folds }) {
  const searchId = 'large-0000000000';
  const experimentId = await client.getOrCreateExperiment('large');
  const start = 1_790_000_000_000;
  const parent = await client.createRun({
    experimentId,
    runName: searchId,
    startTime: start,
    tags: {
      'gridsearch.role': 'parent',
      'gridsearch.search_id': searchId,
      'gridsearch.objective': 'f1_macro',
      'gridsearch.direction': 'maximize',
      'gridsearch.trials': String(children),
      'gridsearch.folds': String(children * folds),
      'gridsearch.dataset_digest': 'made-up',
    },
  });
  const parentRunId = parent.info.runId;
  let best = { score: -1, runId: '' };
  // A few at a time: the client keeps to its own number of calls.
  for (let from = 0; from < children; from += 200) {
    await Promise.all(
      Array.from({ length: Math.min(200, children - from) }, async (_, i) => {
        const index = from + i;
        const parameters = configuration(index);
        const scores = Array.from({ length: folds }, (_, fold) => scoreOf(parameters, index, fold));
        const mean = scores.reduce((sum, score) => sum + score, 0) / folds;
        const std = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / folds);
        const run = await client.createRun({
          experimentId,
          runName: `lstm-${index}`,
          startTime: start + index * 1000,
          parentRunId,
          tags: {
            'gridsearch.role': 'trial',
            'gridsearch.search_id': searchId,
            'gridsearch.index': String(index),
            'gridsearch.configuration': index.toString(16).padStart(12, '0'),
            'gridsearch.parameters': JSON.stringify(parameters),
            'gridsearch.outcome': 'complete',
            estimator_name: 'lstm',
          },
        });
        const { runId } = run.info;
        const metrics = {
          mean_test_score: mean,
          std_test_score: std,
          mean_fit_time: 0.5 + parameters.units / 40,
          ...Object.fromEntries(scores.map((score, fold) => [`split${fold}_test_score`, score])),
        };
        await client.logBatch(runId, {
          params: { model: 'lstm', ...parameters },
          metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: start, step: 0 })),
        });
        await client.updateRun(runId, { status: 'FINISHED', endTime: start + (index + 1) * 1000 });
        if (mean > best.score) best = { score: mean, runId };
      }),
    );
  }
  await client.logBatch(parentRunId, {
    params: { n_splits: folds, n_repeats: 1 },
    metrics: [{ key: 'best_cv_score', value: best.score, timestamp: start, step: 0 }],
    tags: { 'gridsearch.best_child_run_id': best.runId },
  });
  await client.updateRun(parentRunId, { status: 'FINISHED', endTime: start + children * 1000 });
  return { searchId, parentRunId };
}

function configuration(index) {
  let rest = index;
  return Object.fromEntries(
    Object.entries(GRID).map(([name, values]) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value];
    }),
  );
}

/** A smooth surface, and noise that looks like chance but is the same every time. */
function scoreOf({ units, learning_rate, dropout }, index, fold) {
  const noise = Math.sin(index * 12.9898 + fold * 78.233) * 0.5 * 0.02;
  return (
    0.8 -
    0.02 * Math.abs(Math.log10(learning_rate) + 2.5) +
    0.01 * Math.log2(units / 8) -
    0.05 * (dropout - 0.2) ** 2 +
    noise
  );
}
