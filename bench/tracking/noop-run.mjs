/**
 * What a run costs that does nothing: created, 10 metrics × 5 epochs logged, finished. On the embedded server in a
 * process of its own, beside a real MLflow server on SQLite, with our client for both, in one go.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonPeers } from '../peers/python.mjs';
import { say } from '../progress.mjs';
import { fixed, times } from '../table.mjs';
import { createTrackingClient, startRealServer } from './dist.mjs';

export default async function noopRun({ runs, settle }) {
  const mlflow = pythonPeers('search').program('mlflow');
  const folder = mkdtempSync(join(tmpdir(), 'bench-noop-'));
  try {
    const ours = await measure('embedded server', () => startOurs(join(folder, 'ours')), runs, settle);
    const peer = await measure(
      'MLflow server, SQLite',
      () => startRealServer(mlflow, folder),
      Math.ceil(runs / 8),
      settle,
    );
    return report([ours, peer]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const PROGRAM = `
  const { startTrackingServer } = await import(${JSON.stringify(join(import.meta.dirname, 'dist.mjs'))});
  const server = await startTrackingServer({ dataDir: process.argv[1] });
  process.stdout.write(server.uri + '\\n');
`;

async function startOurs(folder) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, folder], {
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

/** Milliseconds a run, one after another and two at a time. */
async function measure(name, startServer, runs, settle) {
  const server = await startServer();
  try {
    const client = createTrackingClient({ uri: server.uri });
    const experimentId = await client.getOrCreateExperiment('bench');
    const upTo = async (count, from, step = 1) => {
      for (let k = 0; k < count; k++) await oneRun(client, experimentId, from + k * step);
    };
    await upTo(Math.min(50, runs / 4), -50);
    await settle();
    const started = performance.now();
    await upTo(runs, 0);
    const one = (performance.now() - started) / runs;
    const together = performance.now();
    await Promise.all([0, 1].map((side) => upTo(runs / 2, runs + side, 2)));
    const two = (performance.now() - together) / runs;
    say(`${name}: ${fixed(one, 2)} and ${fixed(two, 2)} ms`);
    return { name, one, two };
  } finally {
    await server.close();
  }
}

/** Three calls: the epochs travel together, as the worker's live metrics do when training takes no time. */
async function oneRun(client, experimentId, index) {
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

function report(results) {
  const [ours] = results;
  return {
    figures: { results },
    tables: [
      {
        title: 'A run of three requests, 50 metric values, two parameters',
        head: ['', 'ms, one after another', 'ratio', 'ms, two at a time', 'ratio'],
        rows: results.map(({ name, one, two }) => [
          name,
          fixed(one, 2),
          times(one / ours.one),
          fixed(two, 2),
          times(two / ours.two),
        ]),
      },
    ],
  };
}
