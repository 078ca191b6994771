/** TensorFlow.js as it comes: the same model of its own layers, its `fit`, on the same backend. */
import { median } from '../statistics.mjs';
import { answerRequests, encoded, parametersOf, seconds } from './answer.mjs';
import { classificationMetrics, loadEngine, modelKind, toPortableModel } from './dist.mjs';

const engine = await loadEngine();
const { tf } = engine;

function buildModel(request, data) {
  const kind = modelKind(request.model);
  const shape = { input: { vocabularySize: data.vocabularySize }, classes: 2, seed: request.seed ?? 1 };
  const parameters = parametersOf(request, data.maxTokens);
  const { weights } = kind.network(engine, shape, parameters);
  const model = toPortableModel(engine, weights, kind, shape, parameters);
  model.compile({ optimizer: tf.train.adam(request.learningRate ?? 0.001), loss: 'binaryCrossentropy' });
  return model;
}

await answerRequests(
  { name: 'stock tfjs', version: engine.version, threads: engine.threads },
  {
    async train(request, data) {
      const train = encoded(data.train, data.maxTokens);
      const validation = encoded(data.validation, data.maxTokens);
      const model = buildModel(request, data);
      const tensor = ({ texts }) => tf.tensor2d(texts.ids, [texts.rows, data.maxTokens], 'int32');
      const [x, y, held] = [
        tensor(train),
        tf.tensor2d(train.labels, [train.labels.length, 1]),
        tensor(validation),
      ];
      const epochSeconds = [];
      let started;
      const total = await seconds(() =>
        model.fit(x, y, {
          epochs: request.epochs,
          batchSize: request.batch,
          shuffle: true,
          verbose: 0,
          callbacks: {
            onEpochBegin: () => {
              started = performance.now();
            },
            onEpochEnd: () => {
              epochSeconds.push((performance.now() - started) / 1000);
            },
          },
        }),
      );
      const output = model.predict(held, { batchSize: 256 });
      const probabilities = Float32Array.from([...output.dataSync()].flatMap((p) => [1 - p, p]));
      tf.dispose([x, y, held, output]);
      model.dispose();
      const { f1_macro } = classificationMetrics(validation.labels, probabilities, 2);
      return { epochSeconds, seconds: total, f1: f1_macro };
    },
    async predict(request, data) {
      const { texts } = encoded(data.train, data.maxTokens);
      const model = buildModel(request, data);
      const run = (from, to) =>
        tf.tidy(() => {
          const ids = texts.ids.subarray(from * data.maxTokens, to * data.maxTokens);
          model
            .predict(tf.tensor2d(ids, [to - from, data.maxTokens], 'int32'), { batchSize: 256 })
            .dataSync();
        });
      const batch = [];
      for (let k = 0; k < 3; k++) batch.push(await seconds(() => run(0, texts.rows)));
      const single = [];
      for (let r = 0; r < 100; r++) single.push(await seconds(() => run(r, r + 1)));
      model.dispose();
      return { batchSeconds: Math.min(...batch), singleSeconds: median(single.slice(20)) };
    },
  },
);
