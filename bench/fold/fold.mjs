/**
 * One fold, and prediction, beside PyTorch, Keras and stock TensorFlow.js: same rows, epochs, batch size and optimizer, cases
 * taken in turns in one run. Every process runs on one thread, as a search runs them; PyTorch and Keras again on all cores.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonPeers } from '../peers/python.mjs';
import { answering } from '../processes.mjs';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fullRows, scoringRows, sentences } from './rows.mjs';
import { modelName, tables } from './tables.mjs';

/** How often a case of full-length rows is trained, and rows are predicted, each peer in turn. */
const TURNS = 5;

const COMMON = { embedding: 50, learningRate: 0.001, seed: 1 };

export default async function fold({ repeat, quick, peers: chosen, settle }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fold-'));
  const peers = await startPeers(chosen);
  const turns = quick ? 1 : TURNS;
  try {
    const bench = { peers, settle, fileOf: writer(folder) };
    const { gflops: matmulGflops } = await peers.ours.ask({ task: 'matmul', size: 512 });
    const figures = {
      peers: Object.fromEntries(Object.entries(peers).map(([name, { about }]) => [name, about])),
      matmulGflops,
      cells: await fullLengthCells(bench, quick ? [[32, 64]] : CELLS, turns),
      folds: await sentenceFolds(bench, quick ? 1 : repeat),
      predictions: await predictions(bench, turns),
    };
    return { figures, ...tables(figures) };
  } finally {
    for (const peer of Object.values(peers)) peer.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Ours, and what `--peers` names, by the names of the figures. */
async function startPeers(chosen) {
  const python = pythonPeers(...['torch', 'keras'].filter((name) => chosen.includes(name)));
  const node = (script) =>
    answering(process.execPath, [join(import.meta.dirname, script)], { GRIDSEARCH_THREADS: '1' });
  const torch = (threads) =>
    python.answering('torch_fold.py', ['--threads', `${threads}`], { OMP_NUM_THREADS: `${threads}` });
  const keras = (env) => python.answering('keras_fold.py', [], env);
  return {
    ours: await node('ours.mjs'),
    ...(chosen.includes('torch') && {
      torch: await torch(1),
      torchCores: await torch(availableParallelism()),
    }),
    ...(chosen.includes('keras') && {
      keras: await keras({ TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' }),
      kerasCores: await keras({}),
    }),
    ...(chosen.includes('stock') && { stock: await node('stock.mjs') }),
  };
}

/** Rows reach the peers as files, each written once. */
function writer(folder) {
  const written = new Map();
  return (name, rows) => {
    if (!written.has(name)) {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify(rows()));
      written.set(name, path);
    }
    return written.get(name);
  };
}

/**
 * Each peer in turn, `turns` times, each time with another seed; all its answers. Stock TensorFlow.js, ten times slower, is
 * asked once.
 */
async function ask({ peers, settle }, request, turns, stockRequest = request) {
  const answers = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, peer] of Object.entries(peers)) {
      if (name === 'stock' && turn > 0) continue;
      await settle();
      const asked = name === 'stock' ? stockRequest : request;
      answers[name].push(await peer.ask({ ...asked, seed: asked.seed + turn }));
    }
  }
  return answers;
}

/** One figure of each peer: of predictions and folds the least time, since other load only ever adds; of F1 the mean. */
const each = (answers, pick) =>
  Object.fromEntries(Object.entries(answers).map(([name, list]) => [name, pick(list)]));
const least = (key) => (list) => Math.min(...list.map((answer) => answer[key]));
const leastMs = (key) => (list) => least(key)(list) * 1e3;
const meanF1 = (list) => list.reduce((sum, { f1 }) => sum + f1, 0) / list.length;
/** Of each turn the best epoch after the first, which is Keras's for tracing and anyone's for warming up; of the turns the median. */
const usualEpoch = (list) => median(list.map(({ epochSeconds }) => Math.min(...epochSeconds.slice(1))));

/** [tokens, units] */
const CELLS = [16, 32, 64, 128].flatMap((tokens) => [32, 64, 128].map((units) => [tokens, units]));

async function fullLengthCells(bench, cells, turns) {
  const found = [];
  for (const [tokens, units] of cells) {
    say(`lstm, ${tokens} tokens, ${units} units`);
    const rows = bench.fileOf(`full-${tokens}`, () => fullRows(tokens));
    const request = {
      ...COMMON,
      task: 'train',
      model: 'lstm',
      rows,
      units,
      batch: 64,
      epochs: 4,
      learningRate: 0.003,
    };
    // Of stock TensorFlow.js only what an epoch costs.
    const answers = await ask(bench, request, turns, { ...request, epochs: 2 });
    const seconds = each(answers, usualEpoch);
    // Forward one product of [tokens, inputs + units] with [inputs + units, 4 units], backward two.
    const flop = 3 * 2 * 1024 * tokens * (COMMON.embedding + units) * 4 * units;
    const { stock: _, ...f1 } = each(answers, meanF1);
    found.push({
      tokens,
      units,
      milliseconds: each(seconds, (value) => value * 1e3),
      ratio: each(seconds, (value) => value / seconds.ours),
      gflops: each(seconds, (value) => flop / value / 1e9),
      f1,
    });
  }
  return found;
}

async function sentenceFolds(bench, seeds) {
  const rows = bench.fileOf('sentences', () => sentences(32));
  const found = [];
  for (const request of [
    { model: 'lstm', units: 64, batch: 32, epochs: 5 },
    { model: 'lstm', units: 32, batch: 32, epochs: 5 },
    { model: 'simple', batch: 32, epochs: 5, learningRate: 0.003 },
  ]) {
    say(`${modelName(request)}, the sentences`);
    const answers = await ask(bench, { ...COMMON, ...request, task: 'train', rows }, seeds);
    found.push({
      ...request,
      seeds,
      epochMilliseconds: each(answers, (list) => usualEpoch(list) * 1e3),
      foldSeconds: each(answers, least('seconds')),
      f1: each(answers, meanF1),
    });
  }
  return found;
}

async function predictions(bench, turns) {
  const rows = bench.fileOf('scoring', () => scoringRows(10_000, 32));
  const found = [];
  for (const request of [{ model: 'lstm', units: 64 }, { model: 'simple' }]) {
    say(`${modelName(request)}, prediction`);
    const answers = await ask(bench, { ...COMMON, ...request, task: 'predict', rows }, turns);
    found.push({
      ...request,
      batch: each(answers, leastMs('batchSeconds')),
      single: each(answers, leastMs('singleSeconds')),
      served: {
        batch: leastMs('servedBatchSeconds')(answers.ours),
        single: leastMs('servedSingleSeconds')(answers.ours),
      },
    });
  }
  return found;
}
