/**
 * runs/search over 100,000 runs: first pages of the searches that people and our own code make.
 *
 * The limit is 50 ms for a first page filtered on a metric. Times are of whole HTTP calls, parsed and checked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fixed } from '../table.mjs';
import { createTrackingClient, openDatabase, startTrackingServer } from './dist.mjs';

const LIMIT = 50; // ms

/** Name, query, and whether it is a first page filtered on a metric, for which the limit holds. */
const SEARCHES = [
  ['metric > 0.5 (half match), page of 100', { filter: 'metrics.f1_macro > 0.5', maxResults: 100 }, true],
  ['metric > 0.99 (1 % match), page of 100', { filter: 'metrics.f1_macro > 0.99', maxResults: 100 }, true],
  ['metric > 0.9999 (10 match)', { filter: 'metrics.f1_macro > 0.9999', maxResults: 100 }, true],
  ['metric > 0.81 (19 % match), page of 100', { filter: 'metrics.f1_macro > 0.81', maxResults: 100 }, true],
  ['metric > 2 (none match)', { filter: 'metrics.f1_macro > 2', maxResults: 100 }, true],
  [
    'metric > 0.9, best first, page of 20',
    { filter: 'metrics.f1_macro > 0.9', orderBy: ['metrics.f1_macro DESC'], maxResults: 20 },
    true,
  ],
  [
    'two metrics and a parameter, page of 100',
    { filter: "metrics.f1_macro > 0.9 AND metrics.loss < 0.05 AND params.model = 'lstm'", maxResults: 100 },
    true,
  ],
  ['tag equals (one run)', { filter: "tags.`gridsearch.jobId` = 'job-777'" }, false],
  ['children of a parent (100 runs)', { filter: "tags.mlflow.parentRunId = 'parent-77'" }, false],
  ['no filter, newest 100', { maxResults: 100 }, false],
  ['no filter, best first of all, page of 20', { orderBy: ['metrics.f1_macro DESC'], maxResults: 20 }, false],
  ['metric > 0.5, page of 1,000', { filter: 'metrics.f1_macro > 0.5', maxResults: 1000 }, false],
];

export default async function search({ repeat, runs, settle }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-search-'));
  const server = await startTrackingServer({ dataDir });
  try {
    const client = createTrackingClient({ uri: server.uri });
    const experimentId = await client.getOrCreateExperiment('bench');
    const started = performance.now();
    store(join(dataDir, 'tracking.db'), experimentId, runs);
    say(`${runs} runs stored in ${fixed((performance.now() - started) / 1000, 1)} s`);
    const results = [];
    for (const [name, query, limited] of SEARCHES) {
      await settle();
      const times = [];
      let found = 0;
      for (let turn = 0; turn < repeat; turn++) {
        const start = performance.now();
        found = (await client.searchRunsPage({ experimentIds: [experimentId], ...query })).runs.length;
        times.push(performance.now() - start);
      }
      const ms = median(times);
      results.push({ name, found, ms, worst: Math.max(...times), ...(limited && { ratio: ms / LIMIT }) });
    }
    return report(runs, results);
  } finally {
    await server.close();
    rmSync(dataDir, { recursive: true });
  }
}

/** Straight into the file: over HTTP the filling would take longer than the measuring. */
function store(file, experimentId, count) {
  const db = openDatabase(file);
  db.write(() => {
    for (let i = 0; i < count; i++) {
      const runId = i.toString(16).padStart(32, '0');
      const parent = Math.floor(i / 100);
      const id = db.insert(
        `INSERT INTO runs (run_id, experiment, name, user_id, status, start_time, end_time, artifact_uri)
         VALUES (?, ?, ?, 'bench', 'FINISHED', ?, ?, ?)`,
        runId,
        Number(experimentId),
        `run-${i}`,
        1_700_000_000_000 + i,
        1_700_000_001_000 + i,
        `mlflow-artifacts:/1/${runId}/artifacts`,
      );
      for (const [key, value] of [
        ['units', 32 << (i % 3)],
        ['learning_rate', 0.001 * (1 + (i % 7))],
        ['model', i % 2 ? 'lstm' : 'simple'],
      ]) {
        db.run('INSERT INTO params (run, key, value) VALUES (?, ?, ?)', id, key, String(value));
      }
      for (const [key, value] of [
        ['mlflow.parentRunId', `parent-${parent}`],
        ['gridsearch.jobId', `job-${i}`],
        ['mlflow.user', 'bench'],
        ['mlflow.runName', `run-${i}`],
      ]) {
        db.run('INSERT INTO tags (run, key, value) VALUES (?, ?, ?)', id, key, value);
      }
      // Spread evenly over [0, 1), in no order.
      const f1 = ((i * 7919) % count) / count;
      for (const [key, value] of [
        ['f1_macro', f1],
        ['loss', 1 - f1],
        ['accuracy', f1 / 2],
      ]) {
        db.run(
          'INSERT INTO latest_metrics (run, key, timestamp, step, value, is_nan) VALUES (?, ?, 1, 1, ?, 0)',
          id,
          key,
          value,
        );
      }
    }
  });
  db.close();
}

function report(runs, results) {
  return {
    figures: { runs, limit: LIMIT, results },
    tables: [
      {
        title: `First pages of runs/search over ${runs.toLocaleString('en')} runs, whole HTTP calls; the limit is ${LIMIT} ms where a metric filters`,
        head: ['search', 'found', 'median ms', 'worst ms', 'of the limit'],
        rows: results.map(({ name, found, ms, worst, ratio }) => [
          name,
          found,
          fixed(ms, 1),
          fixed(worst, 1),
          ratio === undefined ? '' : fixed(ratio, 2),
        ]),
      },
    ],
    missed: results
      .filter(({ ratio }) => ratio > 1)
      .map(({ name, ms }) => `${name}: ${fixed(ms, 1)} ms, where the limit is ${LIMIT}`),
  };
}
