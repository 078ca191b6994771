/** This project's engine and training loop. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../statistics.mjs';
import { answerRequests, encoded, parametersOf, seconds } from './answer.mjs';
import {
  classificationMetrics,
  loadEngine,
  loadPredictor,
  modelKind,
  tokenExamples,
  trainClassifier,
  vocabularyFiles,
  writeModelPackage,
} from './dist.mjs';

const engine = await loadEngine();

const trained = (request, data, train) =>
  trainClassifier({
    engine,
    kind: modelKind(request.model),
    parameters: parametersOf(request, data.maxTokens),
    classes: 2,
    input: { vocabularySize: data.vocabularySize },
    seed: request.seed,
    train,
  });

/** The way of `serve` and `predict`: the packaged model, from raw texts to labels and probabilities. */
async function servedSeconds(request, { words, texts, maxTokens }, classifier) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-served-'));
  try {
    await writeModelPackage(folder, {
      ...(await classifier.save()),
      kind: request.model,
      parameters: parametersOf(request, maxTokens),
      features: vocabularyFiles({ words, maxTokens, tokenizer: 'words' }),
      classes: ['negative', 'positive'],
      name: 'bench',
      runId: '0'.repeat(32),
      inputExample: texts.slice(0, 1),
      metrics: {},
      datasetDigest: '0'.repeat(32),
      engine: engine.name,
    });
    const predictor = await loadPredictor(folder, engine);
    const batch = [];
    for (let k = 0; k < 4; k++) batch.push(await seconds(() => predictor.predict(texts)));
    const single = [];
    for (let r = 0; r < 200; r++) single.push(await seconds(() => predictor.predict([texts[r]])));
    predictor.dispose();
    return { servedBatchSeconds: Math.min(...batch), servedSingleSeconds: median(single.slice(50)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await answerRequests(
  { name: 'gridsearch', version: engine.version, threads: engine.threads },
  {
    async train(request, data) {
      const train = encoded(data.train, data.maxTokens);
      const validation = encoded(data.validation, data.maxTokens);
      let classifier;
      const total = await seconds(async () => {
        classifier = await trained(request, data, train);
      });
      const probabilities = classifier.predict(validation.examples);
      classifier.dispose();
      return {
        epochSeconds: classifier.history.map((epoch) => epoch.seconds),
        seconds: total,
        f1: classificationMetrics(validation.labels, probabilities, 2).f1_macro,
      };
    },
    async predict(request, data) {
      const { texts, examples, labels } = encoded(data.train, data.maxTokens);
      const row = (r) =>
        tokenExamples({
          ids: texts.ids.subarray(r * data.maxTokens, (r + 1) * data.maxTokens),
          lengths: texts.lengths.subarray(r, r + 1),
          rows: 1,
          maxTokens: data.maxTokens,
        });
      const classifier = await trained(request, data, { examples: row(0), labels: labels.subarray(0, 1) });
      const batch = [];
      for (let k = 0; k < 4; k++) batch.push(await seconds(() => classifier.predict(examples)));
      const single = [];
      for (let r = 0; r < 200; r++) single.push(await seconds(() => classifier.predict(row(r))));
      const served = await servedSeconds(request, data, classifier);
      return { batchSeconds: Math.min(...batch), singleSeconds: median(single.slice(50)), ...served };
    },
    /** What a plain matrix product of this engine reaches, in GFLOP/s: the limit named beside the LSTM's. */
    matmul({ size }) {
      const { tf } = engine;
      const a = tf.randomUniform([size, size], -1, 1, 'float32', 1);
      let best = Number.POSITIVE_INFINITY;
      for (let k = 0; k < 30; k++) {
        const started = performance.now();
        const product = tf.matMul(a, a);
        product.dataSync();
        best = Math.min(best, performance.now() - started);
        product.dispose();
      }
      a.dispose();
      return { gflops: (2 * size ** 3) / best / 1e6 };
    },
  },
);
