/**
 * The grid of search-spaces/sentiment-grid.yaml end to end, beside Keras under joblib and under Ray Tune.
 *
 *     npm run build && node bench/grid/run.mjs [--repeat N] [--loop] [--json]
 *
 * One after the other on the same cores, each cold, as a user starts it: process start, imports, reading of rows,
 * 8 configurations × 3 folds × 5 epochs, refit of the winner. Ours has its private Redis, durable queue, tracking and
 * registration in the time; the peers keep nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, peer, peersPython, timed } from '../peers/python.mjs';
import { exportRows } from './rows.mjs';

const { values: options } = parseArgs({
  options: {
    repeat: { type: 'string', default: '1' },
    /** Also Keras in a plain loop. */
    loop: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '../..');
const searchSpace = join(root, 'search-spaces/sentiment-grid.yaml');
const say = (line) => process.stderr.write(`${line}\n`);

const python = peersPython('keras', 'search');
const folder = await mkdtemp(join(tmpdir(), 'gridsearch-bench-'));
const rows = join(folder, 'rows.json');
const size = await exportRows(searchSpace, rows);

async function gridsearch() {
  const home = await mkdtemp(join(folder, 'home-'));
  const main = join(root, 'dist/orchestrator/cli/main.js');
  const { wall, document } = await timed(
    process.execPath,
    [main, 'run', searchSpace, '--workers', '2', '--json'],
    { GRIDSEARCH_HOME: home, REDIS_URL: '', MLFLOW_TRACKING_URI: '' },
  );
  if (document.folds.finished !== size.folds) throw new Error('not every fold finished');
  return {
    wall,
    inside: document.seconds,
    mean: document.best.mean,
    test: document.refit.testMetrics.f1_macro,
    version: `Node ${process.versions.node}, ${document.engine}`,
  };
}

async function peerGrid(script, ...args) {
  const { wall, document } = await timed(python, [peer(script), rows, ...args]);
  const { seconds: inside, mean, test, version } = document;
  return { wall, inside, mean, test, version };
}

const contenders = [
  { name: 'gridsearch', run: gridsearch },
  { name: 'Keras + joblib', run: () => peerGrid('keras_grid.py', '--under', 'joblib') },
  { name: 'Ray Tune', run: () => peerGrid('ray_grid.py') },
  ...(options.loop ? [{ name: 'Keras loop', run: () => peerGrid('keras_grid.py', '--under', 'loop') }] : []),
];

const load = loadavg()[0];
const results = contenders.map(({ name }) => ({ name, runs: [] }));
try {
  for (let repeat = 1; repeat <= Number(options.repeat); repeat++) {
    for (const [k, { name, run }] of contenders.entries()) {
      const result = await run();
      results[k].runs.push(result);
      say(
        `${repeat}/${options.repeat} ${name}: ${result.wall.toFixed(1)} s, f1_macro ${result.mean.toFixed(4)}`,
      );
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const rowsOut = results.map(({ name, runs }) => ({
  name,
  seconds: median(runs.map((run) => run.wall)),
  inside: median(runs.map((run) => run.inside)),
  ratio: median(runs.map((run) => run.wall)) / median(results[0].runs.map((run) => run.wall)),
  mean_f1_macro: runs[0].mean,
  test_f1_macro: runs[0].test,
  version: runs[0].version,
  all: runs.map((run) => run.wall),
}));
const machine = {
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  loadBefore: load,
  repeats: Number(options.repeat),
};
if (options.json) {
  process.stdout.write(`${JSON.stringify({ ...size, machine, results: rowsOut }, null, 2)}\n`);
} else {
  const line = (cells) =>
    `${cells[0].padEnd(16)}${cells
      .slice(1, 6)
      .map((c) => c.padStart(11))
      .join('')}  ${cells[6]}`;
  const table = [
    line(['', 'wall s', 'inside s', 'ratio', 'mean f1', 'test f1', '']),
    ...rowsOut.map((r) =>
      line([
        r.name,
        r.seconds.toFixed(1),
        r.inside.toFixed(1),
        `${r.ratio.toFixed(2)}×`,
        r.mean_f1_macro.toFixed(4),
        r.test_f1_macro.toFixed(4),
        r.version,
      ]),
    ),
    '',
    `${size.folds} folds and the refit, 2 processes, ${machine.cores} cores (${machine.cpu}), load ${load.toFixed(2)} before; ratio = wall / gridsearch's`,
  ];
  process.stdout.write(`${table.join('\n')}\n`);
}
