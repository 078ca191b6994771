/**
 * What a run costs that does nothing: created, 10 metrics × 5 epochs logged, finished. On the embedded server in a
 * process of its own, beside a real MLflow server on SQLite, with our client for both, in one go.
 *
 *   npm run build && sh setup/mlflow.sh && node bench/tracking/noop-run.mjs [runs]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTrackingClient } from '../../dist/tracking/client/index.js';
import { mlflowEnvironment, startRealServer, WHY_SKIPPED } from '../../dist/tracking/proof/real-server.js';

const RUNS = Number(process.argv[2] ?? 400);
const program = `
  const { startTrackingServer } = await import(${JSON.stringify(resolve('dist/tracking/server/index.js'))});
  const server = await startTrackingServer({ dataDir: process.argv[1] });
  process.stdout.write(server.uri + '\\n');
`;

async function startOurs(folder) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [uri] = await once(child.stdout, 'data');
  return {
    uri: uri.toString().trim(),
    close: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** One run in three calls: the epochs travel together, as the worker's live metrics do when training takes no time. */
async function noopRun(client, experimentId, index) {
  const run = await client.createRun({
    experimentId,
    runName: `noop-${index}`,
    startTime: Date.now(),
    tags: { 'gridsearch.jobId': `job-${index}`, 'mlflow.user': 'bench' },
    parentRunId: 'parent',
  });
  const metrics = [];
  for (let step = 0; step < 5; step++) {
    for (let metric = 0; metric < 10; metric++)
      metrics.push({ key: `m${metric}`, value: Math.random(), timestamp: Date.now(), step });
  }
  await client.logBatch(run.info.runId, { metrics, params: { units: 32, model: 'lstm' } });
  await client.updateRun(run.info.runId, { status: 'FINISHED', endTime: Date.now() });
}

async function measure(name, server, runs) {
  const client = createTrackingClient({ uri: server.uri });
  const experimentId = await client.getOrCreateExperiment('bench');
  for (let i = 0; i < Math.min(50, runs / 4); i++) await noopRun(client, experimentId, -i);
  const alone = performance.now();
  for (let i = 0; i < runs; i++) await noopRun(client, experimentId, i);
  const one = (performance.now() - alone) / runs;
  const together = performance.now();
  await Promise.all(
    [0, 1].map(async (side) => {
      for (let i = 0; i < runs / 2; i++) await noopRun(client, experimentId, runs + i * 2 + side);
    }),
  );
  const two = (performance.now() - together) / runs;
  console.log(
    `${name.padEnd(22)} ${one.toFixed(2).padStart(8)} ms a run, one after another  ${two.toFixed(2).padStart(8)} ms a run, two at a time`,
  );
  return { one, two };
}

const folder = mkdtempSync(join(tmpdir(), 'bench-noop-'));
const ours = await startOurs(join(folder, 'ours'));
const mine = await measure('embedded server', ours, RUNS);
await ours.close();
const environment = mlflowEnvironment();
if (environment) {
  const real = await startRealServer(environment.mlflow, folder);
  const theirs = await measure('mlflow server, SQLite', real, Math.ceil(RUNS / 8));
  await real.close();
  console.log(
    `embedded is ${(theirs.one / mine.one).toFixed(1)} times as fast alone, ${(theirs.two / mine.two).toFixed(1)} times with two at a time`,
  );
} else console.log(WHY_SKIPPED);
rmSync(folder, { recursive: true, force: true });
