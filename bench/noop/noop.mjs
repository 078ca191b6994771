/**
 * What a fold costs beside its training: queue, run created, 10 metrics × 5 epochs logged, finished.
 *
 * No-op trials with the same fifty values in Optuna (SQLite, journal file), Ray Tune and a real MLflow server, one after
 * the other on the same cores, two processes each. Everybody is up and warm before the clock starts. Ours runs whole searches: from
 * submission over all folds and means to the registered version.
 */
import { join } from 'node:path';
import { pythonPeers } from '../peers/python.mjs';
import { timed } from '../processes.mjs';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fixed, times } from '../table.mjs';

const LIMIT = 5; // ms a fold

export default async function noop({ repeat, configurations, settle }) {
  const python = pythonPeers('search');
  const ours = [join(import.meta.dirname, 'gridsearch.mjs'), '--configurations', String(configurations)];
  const optuna = (storage, trials) => () =>
    python.timed('optuna_noop.py', '--storage', storage, '--trials', String(trials));
  const contenders = [
    { name: 'gridsearch', run: () => timed(process.execPath, ours) },
    { name: 'Optuna, journal file', run: optuna('journal', 400) },
    { name: 'Optuna, SQLite', run: optuna('sqlite', 200) },
    { name: 'Ray Tune', run: () => python.timed('ray_noop.py', '--trials', '40') },
    { name: 'MLflow server', run: () => python.timed('mlflow_noop.py', '--trials', '200') },
  ];
  const measured = contenders.map(() => []);
  for (let turn = 1; turn <= repeat; turn++) {
    for (const [k, { name, run }] of contenders.entries()) {
      await settle();
      const { document } = await run();
      measured[k].push({ ...document, ms: (1000 * document.seconds) / document.count });
      say(`${turn}/${repeat} ${name}: ${fixed(measured[k].at(-1).ms, 2)} ms`);
    }
  }
  return report(contenders.map(({ name }, k) => ({ name, runs: measured[k] })));
}

function report(results) {
  const ms = ({ runs }) => median(runs.map((run) => run.ms));
  const ours = ms(results[0]);
  const figures = results.map((result) => ({
    name: result.name,
    ms: ms(result),
    ratio: ms(result) / ours,
    count: result.runs[0].count,
    version: result.runs[0].version,
    all: result.runs.map((run) => run.ms),
  }));
  return {
    figures: { limit: LIMIT, results: figures },
    tables: [
      {
        title: `A no-op trial (ours: fold) with 50 metric values, two processes each; the limit is ${LIMIT} ms`,
        head: ['', 'ms', 'ratio', 'trials', 'versions'],
        rows: figures.map(({ name, ms, ratio, count, version }) => [
          name,
          fixed(ms, 2),
          times(ratio),
          count,
          version,
        ]),
      },
    ],
    missed: ours > LIMIT ? [`${fixed(ours, 2)} ms a fold, where the limit is ${LIMIT}`] : [],
  };
}
