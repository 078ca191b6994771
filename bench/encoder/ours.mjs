/** Our encoder: one JSON request a line on standard input, one JSON answer a line on standard output. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  adamW,
  clipScale,
  encoderNetwork,
  globalNorm,
  linearSchedule,
  loadEngine,
  pieceExamples,
  randomStream,
  readCheckpoint,
  tokeniseTexts,
} from './dist.mjs';

const engine = await loadEngine();
const seconds = (since) => (performance.now() - since) / 1000;

const TASKS = { embed, fineTune };

function embed({ folder, batch, maxTokens }, { texts }) {
  const { weights, config, tokenizer } = readCheckpoint(folder);
  const network = encoderNetwork(engine, weights, config, { pooling: 'mean', fineTune: 'head' });
  const vectors = new Float32Array(texts.length * config.hidden);
  const started = performance.now();
  const examples = pieceExamples(tokeniseTexts(tokenizer, texts, maxTokens));
  for (const rows of examples.batches(batch)) {
    const { pooled } = network.forward(rows);
    rows.source.forEach((row, r) => {
      vectors.set(pooled.subarray(r * config.hidden, (r + 1) * config.hidden), row * config.hidden);
    });
  }
  const taken = seconds(started);
  network.dispose();
  return { seconds: taken, first: [...vectors.subarray(0, config.hidden)], rss: process.memoryUsage().rss };
}

/** One epoch with a logistic head, dropout as the checkpoint has it, then the loss on the same rows. */
function fineTune({ folder, batch, maxTokens, learningRate, weightDecay, seed }, { texts, labels }) {
  const { weights, config, tokenizer } = readCheckpoint(folder);
  const { hidden } = config;
  const network = encoderNetwork(engine, weights, config, { pooling: 'mean', fineTune: 'all' });
  const head = new Float32Array(hidden);
  const bias = new Float32Array(1);
  const arrays = [
    ...network.trained.map(({ values, decays }) => ({
      values,
      weightDecay: decays ? weightDecay : 0,
      rateScale: 1,
    })),
    { values: head, weightDecay, rateScale: 1 },
    { values: bias, weightDecay: 0, rateScale: 1 },
  ];
  const optimizer = adamW(arrays, engine.kernel);
  const examples = pieceExamples(tokeniseTexts(tokenizer, texts, maxTokens));
  const score = (pooled, r) => {
    let sum = bias[0];
    for (let k = 0; k < hidden; k++) sum += pooled[r * hidden + k] * head[k];
    return 1 / (1 + Math.exp(-sum));
  };
  const steps = Math.ceil(texts.length / batch);
  const dropout = randomStream(seed, 'dropout');
  const started = performance.now();
  let step = 0;
  for (const rows of examples.epoch(batch, randomStream(seed, 'order'))) {
    optimizer.catchUp(rows.ids);
    const pass = network.forward(rows, dropout);
    const dPooled = new Float32Array(pass.pooled.length);
    const dHead = new Float32Array(hidden);
    const dBias = new Float32Array(1);
    for (let r = 0; r < rows.rows; r++) {
      const d = (score(pass.pooled, r) - labels[rows.source[r]]) / rows.rows;
      dBias[0] += d;
      for (let k = 0; k < hidden; k++) {
        dHead[k] += d * pass.pooled[r * hidden + k];
        dPooled[r * hidden + k] = d * head[k];
      }
    }
    const gradients = [...pass.backward(dPooled), { values: dHead }, { values: dBias }];
    const rate = learningRate * linearSchedule(step, steps, Math.round(steps / 10));
    optimizer.step(gradients, rate, clipScale(globalNorm(gradients, engine.kernel), 1));
    network.refresh();
    step++;
  }
  const taken = seconds(started);
  optimizer.catchUpAll();
  let right = 0;
  for (const rows of examples.batches(64)) {
    const { pooled } = network.forward(rows);
    for (let r = 0; r < rows.rows; r++) {
      if (score(pooled, r) > 0.5 === (labels[rows.source[r]] === 1)) right++;
    }
  }
  network.dispose();
  return { seconds: taken, accuracy: right / texts.length, rss: process.memoryUsage().rss };
}

console.log(JSON.stringify({ name: 'ours', version: engine.version, threads: engine.threads }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = TASKS[request.task](request, JSON.parse(readFileSync(request.rows, 'utf8')));
  console.log(JSON.stringify(answer));
}
