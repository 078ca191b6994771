/**
 * What a fold costs beside its training: queue, run created, 10 metrics × 5 epochs logged, finished.
 *
 *     npm run build && node bench/noop/run.mjs [--repeat N] [--configurations N] [--json]
 *
 * No-op trials with the same fifty values in Optuna (SQLite, journal file), Ray Tune and a real MLflow server, one after
 * the other on the same cores, two processes each. Everybody is up and warm before the clock starts. Ours runs whole searches: from
 * submission over all folds and means to the registered version.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, peer, peersPython, timed } from '../peers/python.mjs';

const { values: options } = parseArgs({
  options: {
    repeat: { type: 'string', default: '1' },
    configurations: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  },
});
const LIMIT = 5; // ms a fold
const say = (line) => process.stderr.write(`${line}\n`);

const python = peersPython('search');
const ours = join(import.meta.dirname, 'gridsearch.mjs');
const inPython = (script, ...args) => timed(python, [peer(script), ...args]);
const contenders = [
  {
    name: 'gridsearch',
    run: () => timed(process.execPath, [ours, '--configurations', options.configurations]),
  },
  {
    name: 'Optuna, journal file',
    run: () => inPython('optuna_noop.py', '--storage', 'journal', '--trials', '400'),
  },
  { name: 'Optuna, SQLite', run: () => inPython('optuna_noop.py', '--storage', 'sqlite', '--trials', '200') },
  { name: 'MLflow server', run: () => inPython('mlflow_noop.py', '--trials', '200') },
  { name: 'Ray Tune', run: () => inPython('ray_noop.py', '--trials', '40') },
];

const load = loadavg()[0];
const measured = contenders.map(() => []);
for (let repeat = 1; repeat <= Number(options.repeat); repeat++) {
  for (const [k, { name, run }] of contenders.entries()) {
    const { document } = await run();
    measured[k].push({ ...document, ms: (1000 * document.seconds) / document.count });
    say(`${repeat}/${options.repeat} ${name}: ${measured[k].at(-1).ms.toFixed(2)} ms`);
  }
}

const ms = measured.map((runs) => median(runs.map((run) => run.ms)));
const results = contenders.map(({ name }, k) => ({
  name,
  ms: ms[k],
  ratio: ms[k] / ms[0],
  count: measured[k][0].count,
  version: measured[k][0].version,
  all: measured[k].map((run) => run.ms),
}));
const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), loadBefore: load };
if (options.json) {
  process.stdout.write(`${JSON.stringify({ machine, limit: LIMIT, results }, null, 2)}\n`);
} else {
  for (const { name, ms, ratio, count, version } of results) {
    process.stdout.write(
      `${name.padEnd(22)}${ms.toFixed(2).padStart(9)} ms ${`${ratio.toFixed(2)}×`.padStart(9)}   ${count} trials, ${version}\n`,
    );
  }
  process.stdout.write(
    `\nper no-op trial (ours: fold) with 50 metric values, 2 processes, ${machine.cores} cores (${machine.cpu}), ` +
      `load ${load.toFixed(2)} before; limit ${LIMIT} ms: ${ms[0] <= LIMIT ? 'kept' : 'missed'}\n`,
  );
}
process.exitCode = ms[0] <= LIMIT ? 0 : 1;
