/**
 * One fold against Keras and stock TensorFlow.js, and prediction: same rows, epochs, batch size and optimizer, cases taken in turns in
 * one run, so that ratios hold even on a noisy machine. Prints tables; with --json the figures alone.
 *
 *     npm run build && node bench/fold/run.mjs [--quick] [--json]
 *
 * This project runs on one thread (its default), stock TensorFlow.js too; Keras runs twice, on all cores (its default) and on one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { peersPython } from '../peers/python.mjs';
import { fullRows, scoringRows, sentences } from './rows.mjs';

const quick = process.argv.includes('--quick');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-fold-'));
const python = peersPython('keras');

/** A child that answers one request at a time. */
async function startPeer(command, args, env = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${[command, ...args].join(' ')} ended early; BENCH_VERBOSE=1 shows why.`);
    return JSON.parse(value);
  };
  const about = await answer();
  return {
    about,
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    stop: () => child.stdin.end(),
  };
}

const one = { GRIDSEARCH_THREADS: '1' };
const peers = {
  ours: await startPeer(process.execPath, [here('peer-gridsearch.mjs')], one),
  keras: await startPeer(python, [here('../peers/keras_fold.py')]),
  keras1: await startPeer(python, [here('../peers/keras_fold.py')], {
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: '1',
  }),
  stock: await startPeer(process.execPath, [here('peer-stock.mjs')], one),
};

const written = new Map();
function fileOf(name, rows) {
  if (!written.has(name)) {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(rows()));
    written.set(name, path);
  }
  return written.get(name);
}

/**
 * Each peer in turn, `repeats` times, each time with another seed; of times the least, since other load only ever adds, of
 * F1 the mean.
 */
async function measure(request, repeats, without = []) {
  const found = {};
  for (let k = 0; k < repeats; k++) {
    for (const [name, peer] of Object.entries(peers)) {
      if (without.includes(name) || (name === 'stock' && k > 0)) continue;
      const answer = await peer.ask({ ...request, seed: request.seed + k });
      const known = found[name];
      found[name] = known
        ? {
            ...answer,
            seconds: Math.min(answer.seconds, known.seconds),
            f1: (known.f1 * k + answer.f1) / (k + 1),
            epochSeconds: [...known.epochSeconds, ...answer.epochSeconds.slice(1)],
          }
        : answer;
    }
  }
  return found;
}

/** The best epoch after the first, which is Keras's for tracing and anyone's for warming up. */
const steady = ({ epochSeconds }) => Math.min(...epochSeconds.slice(1));
const common = { embedding: 50, learningRate: 0.001, seed: 1 };
const progress = (text) => process.stderr.write(`${text}\n`);

const { gflops: matmul } = await peers.ours.ask({ task: 'matmul', size: 512 });

const grid = [];
for (const length of quick ? [32] : [16, 32, 64, 128]) {
  for (const units of quick ? [64] : [32, 64, 128]) {
    progress(`lstm, ${length} tokens, ${units} units`);
    const rows = fileOf(`full-${length}`, () => fullRows(length));
    const epochs = 4;
    const found = await measure(
      { ...common, task: 'train', model: 'lstm', rows, units, batch: 64, epochs, learningRate: 0.003 },
      1,
      ['stock'],
    );
    // Two epochs tell what an epoch costs; its F1 is not compared.
    found.stock = await peers.stock.ask({
      ...common,
      task: 'train',
      model: 'lstm',
      rows,
      units,
      batch: 64,
      epochs: 2,
    });
    const [ours, keras, keras1, stock] = ['ours', 'keras', 'keras1', 'stock'].map((name) =>
      steady(found[name]),
    );
    // Forward one product of [tokens, inputs + units] with [inputs + units, 4 units], backward two.
    const flop = 3 * 2 * 1024 * length * (50 + units) * 4 * units;
    grid.push({
      length,
      units,
      milliseconds: { ours: ours * 1e3, keras: keras * 1e3, keras1: keras1 * 1e3, stock: stock * 1e3 },
      ratio: { keras: keras / ours, keras1: keras1 / ours, stock: stock / ours },
      gflops: { ours: flop / ours / 1e9, keras: flop / keras / 1e9 },
      f1: { ours: found.ours.f1, keras: found.keras.f1 },
    });
  }
}

const folds = [];
for (const request of [
  { model: 'lstm', units: 64, batch: 32, epochs: 5 },
  { model: 'lstm', units: 32, batch: 32, epochs: 5 },
  { model: 'simple', batch: 32, epochs: 5, learningRate: 0.003 },
]) {
  progress(`${request.model}, the sentences`);
  const rows = fileOf('sentences', () => sentences(32));
  const found = await measure({ ...common, ...request, task: 'train', rows }, quick ? 1 : 8);
  const figure = (pick) => Object.fromEntries(Object.keys(peers).map((name) => [name, pick(found[name])]));
  folds.push({
    ...request,
    epochMilliseconds: figure((answer) => steady(answer) * 1e3),
    foldSeconds: figure((answer) => answer.seconds),
    f1: figure((answer) => answer.f1),
  });
}

const predictions = [];
for (const request of [{ model: 'lstm', units: 64 }, { model: 'simple' }]) {
  progress(`${request.model}, prediction`);
  const rows = fileOf('scoring', () => scoringRows(10_000, 32));
  const found = {};
  for (const [name, peer] of Object.entries(peers)) {
    found[name] = await peer.ask({ ...common, ...request, task: 'predict', rows });
  }
  predictions.push({ ...request, ...found });
}

for (const peer of Object.values(peers)) peer.stop();
rmSync(folder, { recursive: true });

const result = {
  machine: { cpu: cpus()[0].model, cores: availableParallelism(), node: process.version },
  peers: Object.fromEntries(Object.entries(peers).map(([name, { about }]) => [name, about])),
  matmulGflops: matmul,
  grid,
  folds,
  predictions,
};
if (process.argv.includes('--json')) console.log(JSON.stringify(result, null, 2));
else report(result);

function report({ machine }) {
  const table = (head, rows) =>
    [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const round = (value, digits = 0) => value.toFixed(digits);
  const times = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ×`;
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${peers.ours.about.version}; ${peers.keras.about.version}`,
  );
  console.log('\nOne epoch of 1,024 full-length rows, batch 64, embedding 50, after the first epoch (ms)');
  console.log(
    table(
      [
        'tokens',
        'units',
        'ours, 1 thread',
        'Keras',
        'Keras, 1 thread',
        'stock tfjs',
        'Keras / ours',
        'Keras 1 / ours',
        'stock / ours',
        'GFLOP/s ours',
        'GFLOP/s Keras',
        `of a ${round(matmul)} GFLOP/s product`,
        'F1 ours / Keras',
      ],
      grid.map(({ length, units, milliseconds: ms, ratio, gflops, f1 }) => [
        length,
        units,
        round(ms.ours),
        round(ms.keras),
        round(ms.keras1),
        round(ms.stock),
        times(ratio.keras),
        times(ratio.keras1),
        times(ratio.stock),
        round(gflops.ours),
        round(gflops.keras),
        `${round((100 * gflops.ours) / matmul)} %`,
        `${round(f1.ours, 3)} / ${round(f1.keras, 3)}`,
      ]),
    ),
  );
  console.log('\nOne fold of the sentences: 2,400 rows, up to 32 tokens, batch 32, 5 epochs');
  const names = Object.keys(peers);
  const titles = ['ours', 'Keras', 'Keras 1 thread', 'stock tfjs'];
  console.log(
    table(
      ['model', 'figure', ...titles, 'Keras / ours', 'stock / ours'],
      folds.flatMap((fold) =>
        [
          ['epoch, ms', fold.epochMilliseconds, 1],
          ['fold, s', fold.foldSeconds, 3],
          ['F1, mean of 8 seeds (stock: 1)', fold.f1, 4],
        ].map(([title, figure, digits]) => [
          fold.units ? `${fold.model} ${fold.units}` : fold.model,
          title,
          ...names.map((name) => round(figure[name], digits)),
          ...(title.startsWith('F1')
            ? ['', '']
            : [times(figure.keras / figure.ours), times(figure.stock / figure.ours)]),
        ]),
      ),
    ),
  );
  console.log('\nPrediction: 10,000 sentences, and one sentence');
  console.log(
    table(
      ['model', 'figure', ...titles, 'Keras / ours', 'stock / ours'],
      predictions.flatMap((found) =>
        [
          ['10,000 encoded rows, ms', 'batchSeconds', 'batchSeconds'],
          ['one encoded row, ms', 'singleSeconds', 'singleSeconds'],
          ['10,000 texts as served, ms', 'servedBatchSeconds', 'batchSeconds'],
          ['one text as served, ms', 'servedSingleSeconds', 'singleSeconds'],
        ].map(([title, key, theirs]) => [
          found.units ? `${found.model} ${found.units}` : found.model,
          title,
          round(found.ours[key] * 1e3, 3),
          ...names.slice(1).map((name) => round(found[name][theirs] * 1e3, 3)),
          times(found.keras[theirs] / found.ours[key]),
          times(found.stock[theirs] / found.ours[key]),
        ]),
      ),
    ),
  );
}
