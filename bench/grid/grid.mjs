/**
 * The grid of search-spaces/sentiment-grid.yaml end to end, beside PyTorch and Keras under joblib and Keras under Ray Tune.
 *
 * One after the other on the same cores, each cold, as a user starts it: process start, imports, reading of rows,
 * 8 configurations × 3 folds × 5 epochs, refit of the winner. Ours has its private Redis, durable queue, tracking and
 * registration in the time; the peers keep nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonPeers } from '../peers/python.mjs';
import { CLI, embedded, ROOT, timed } from '../processes.mjs';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fixed, times } from '../table.mjs';
import { exportRows } from './rows.mjs';

const SEARCH_SPACE = join(ROOT, 'search-spaces/sentiment-grid.yaml');

/** What `--peers` takes: script and requirements in ../peers. */
const PEERS = {
  torch: { title: 'PyTorch + joblib', needs: ['torch'], run: ['torch_grid.py'] },
  'torch-packed': { title: 'PyTorch + joblib, packed', needs: ['torch'], run: ['torch_grid.py', '--packed'] },
  keras: { title: 'Keras + joblib', needs: ['keras'], run: ['keras_grid.py'] },
  'keras-loop': { title: 'Keras, plain loop', needs: ['keras'], run: ['keras_grid.py', '--under', 'loop'] },
  ray: { title: 'Keras + Ray Tune', needs: ['keras', 'search'], run: ['ray_grid.py'] },
};

export default async function grid({ repeat, peers, settle }) {
  const chosen = Object.entries(PEERS).filter(([name]) => peers.includes(name));
  const python = pythonPeers(...new Set(chosen.flatMap(([, { needs }]) => needs)));
  const folder = await mkdtemp(join(tmpdir(), 'gridsearch-bench-'));
  try {
    const rows = join(folder, 'rows.json');
    const size = await exportRows(SEARCH_SPACE, rows);
    const contenders = [
      { name: 'gridsearch', run: () => gridsearch(folder, size.folds) },
      ...chosen.map(([, { title, run }]) => ({ name: title, run: () => peerGrid(python, rows, run) })),
    ];
    return report(size, await inTurn(contenders, repeat, settle));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function peerGrid(python, rows, [script, ...args]) {
  const { wall, document } = await python.timed(script, rows, ...args);
  const { mean, test, version } = document;
  return { wall, mean, test, version };
}

async function gridsearch(folder, folds) {
  const home = await mkdtemp(join(folder, 'home-'));
  const { wall, document } = await timed(
    process.execPath,
    [CLI, 'run', SEARCH_SPACE, '--workers', '2', '--json'],
    embedded(home),
  );
  if (document.folds.finished !== folds) throw new Error('not every fold finished');
  return {
    wall,
    mean: document.best.mean,
    test: document.refit.testMetrics.f1_macro,
    version: `Node ${process.versions.node}, ${document.engine}`,
  };
}

async function inTurn(contenders, repeat, settle) {
  const results = contenders.map(({ name }) => ({ name, runs: [] }));
  for (let turn = 1; turn <= repeat; turn++) {
    for (const [k, { name, run }] of contenders.entries()) {
      await settle();
      const result = await run();
      results[k].runs.push(result);
      say(`${turn}/${repeat} ${name}: ${fixed(result.wall, 1)} s, f1_macro ${fixed(result.mean, 4)}`);
    }
  }
  return results;
}

function report(size, results) {
  const [ours] = results;
  const wall = ({ runs }) => median(runs.map((run) => run.wall));
  const figures = results.map((result) => {
    const [{ mean, test, version }] = result.runs;
    return {
      name: result.name,
      seconds: wall(result),
      least: Math.min(...result.runs.map((run) => run.wall)),
      ratio: wall(result) / wall(ours),
      mean,
      test,
      version,
      all: result.runs.map((run) => run.wall),
    };
  });
  return {
    figures: { ...size, results: figures },
    tables: [
      {
        title: `${size.folds} folds and the refit, two processes each, from process start to result; ${ours.runs.length === 1 ? 'one run' : `medians of ${ours.runs.length} runs`} of each`,
        head: ['', 'wall s', 'least', 'ratio', 'mean F1 of the best', 'its test F1', 'versions'],
        rows: figures.map(({ name, seconds, least, ratio, mean, test, version }) => [
          name,
          fixed(seconds, 1),
          fixed(least, 1),
          times(ratio),
          fixed(mean, 4),
          fixed(test, 4),
          version,
        ]),
      },
    ],
  };
}
