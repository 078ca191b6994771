/**
 * How a machine's cores serve a search best: training processes × TensorFlow threads, the grid of
 * search-spaces/sentiment-grid.yaml with queue and tracking each time. The default of `--workers auto` rests on it.
 *
 *     npm run build && node bench/workers/run.mjs [--repeat N] [--json]
 *
 * Every mix is measured in turn, `--repeat` times; ratios are to the fastest. `--concurrency P --threads T` is what a
 * worker is started with, beside `up`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createTrackingClient } from '../../dist/tracking/client/index.js';
import { median, timed } from '../peers/python.mjs';

const { values: options } = parseArgs({
  options: { repeat: { type: 'string', default: '2' }, json: { type: 'boolean', default: false } },
});
const root = join(import.meta.dirname, '../..');
const main = join(root, 'dist/orchestrator/cli/main.js');
const searchSpace = join(root, 'search-spaces/sentiment-grid.yaml');
const cores = availableParallelism();
const mixes = [
  [1, 1],
  [1, cores],
  [cores, 1],
  [cores, cores],
  [2 * cores, 1],
].filter(([p, t], k, all) => all.findIndex(([q, u]) => p === q && t === u) === k);

const load = loadavg()[0];
const home = await mkdtemp(join(tmpdir(), 'gridsearch-workers-'));
const env = { GRIDSEARCH_HOME: home, REDIS_URL: '', MLFLOW_TRACKING_URI: '' };

/** Starts a command that runs until told to stop; resolves with the document it prints first. */
async function start(...args) {
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { document: JSON.parse(line), stop };
}

/** Milliseconds from submission to registration, on warm processes. */
async function search(tracking) {
  const { document } = await timed(process.execPath, [main, 'submit', searchSpace, '--json'], env);
  for (;;) {
    const { info } = await tracking.getRun(document.parentRunId);
    if (info.endTime) return info.endTime - info.startTime;
    await sleep(50);
  }
}

const seconds = mixes.map(() => []);
try {
  const up = await start('up', '--port', '0');
  const tracking = createTrackingClient({ uri: up.document.trackingUri });
  for (let repeat = 0; repeat < Number(options.repeat); repeat++) {
    for (const [k, [processes, threads]] of mixes.entries()) {
      const worker = await start('worker', '--concurrency', String(processes), '--threads', String(threads));
      await search(tracking);
      seconds[k].push((await search(tracking)) / 1000);
      await worker.stop();
      process.stderr.write(`${processes} × ${threads}: ${seconds[k].at(-1).toFixed(2)} s\n`);
    }
  }
  await up.stop();
} finally {
  await rm(home, { recursive: true, force: true });
}

const rows = mixes.map(([processes, threads], k) => ({ processes, threads, seconds: median(seconds[k]) }));
const best = Math.min(...rows.map((row) => row.seconds));
const machine = { cpu: cpus()[0]?.model, cores, node: process.version, loadBefore: load };
if (options.json) {
  process.stdout.write(`${JSON.stringify({ machine, rows }, null, 2)}\n`);
} else {
  for (const row of rows) {
    process.stdout.write(
      `${row.processes} processes × ${row.threads} threads  ${row.seconds.toFixed(2).padStart(7)} s  ${(row.seconds / best).toFixed(2)}×\n`,
    );
  }
  process.stdout.write(
    `\n24 folds and the refit, ${cores} cores (${machine.cpu}), Node ${process.versions.node}, load ${load.toFixed(2)} before\n`,
  );
}
