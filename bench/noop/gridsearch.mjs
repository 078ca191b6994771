/**
 * Ours, as `gridsearch run` composes it: private Redis, embedded tracking, orchestrator and two worker children, with no-op
 * folds. A search of half the size first, so that processes are up and code is compiled; then the measured one, from its
 * submission to its registered version. Prints one JSON document.
 *
 *     node bench/noop/gridsearch.mjs --configurations 400 [--watch]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { submission } from '../../dist/orchestrator/app/prepare.js';
import { openServices } from '../../dist/orchestrator/app/services.js';
import { watchSearch } from '../../dist/orchestrator/cli/watch.js';
import { startOrchestrator, submitSearch } from '../../dist/orchestrator/search/index.js';
import { parseSearchSpace } from '../../dist/orchestrator/space/index.js';
import { datasetInput } from '../../dist/tracking/client/index.js';
import { startWorker } from '../../dist/worker/index.js';

const { values: options } = parseArgs({
  options: {
    configurations: { type: 'string', default: '400' },
    workers: { type: 'string', default: '2' },
    /** With the progress display of `run`, which asks Redis four times a second. */
    watch: { type: 'boolean', default: false },
  },
});
const WARM_UP = 200; // configurations, until V8 has compiled what is hot
const FOLDS = 3;

const home = await mkdtemp(join(tmpdir(), 'gridsearch-noop-'));
process.env.GRIDSEARCH_HOME = home;
delete process.env.REDIS_URL;
delete process.env.MLFLOW_TRACKING_URI;

const services = await openServices();
const { client: tracking, uri: trackingUri } = services.tracking;
const fail = (error) => {
  process.stderr.write(`${error.stack}\n`);
};
const orchestrator = await startOrchestrator({
  redis: services.redis,
  tracking,
  trackingUri,
  onError: fail,
});
const worker = await startWorker({
  redis: services.redis,
  trackingUri,
  concurrency: Number(options.workers),
  threads: 1,
  cacheDir: join(home, 'cache'),
  processor: join(import.meta.dirname, 'processor.mjs'),
  onEvent: (event) => {
    if (event.type !== 'completed') fail(new Error(JSON.stringify(event)));
  },
});
try {
  await search('warm-up', WARM_UP);
  const configurations = Number(options.configurations);
  const { seconds, result } = await search('no-op', configurations);
  const folds = configurations * FOLDS;
  if (result.status !== 'FINISHED' || result.folds.finished !== folds)
    throw new Error(JSON.stringify(result));
  process.stdout.write(
    `${JSON.stringify({ seconds, count: folds, version: `Node ${process.versions.node}` })}\n`,
  );
} finally {
  await worker.close(0);
  await orchestrator.close();
  await services.close();
  await rm(home, { recursive: true, force: true });
}

function input(context) {
  return datasetInput({ name: 'no-op', digest: '0'.repeat(32), source: '{}', sourceType: 'code', context });
}

/** Submits a search and waits for its end. */
async function search(name, configurations) {
  const rates = Array.from({ length: configurations }, (_, k) => (k + 1) / 1000);
  const space = parseSearchSpace(
    `name: ${name}
dataset: { source: uci-sentiment, test_size: 0.2 }
cross_validation: { strategy: stratified_k_fold, n_splits: ${FOLDS} }
objective: { metric: f1_macro }
models: { simple: { learning_rate: [${rates.join(', ')}] } }
training: { epochs: 5 }
seed: 42
registered_model: ${name}
`,
    `${name}.yaml`,
  );
  const rows = {
    name,
    digest: '0'.repeat(32),
    warnings: [],
    folds: '{}',
    majorityScore: Number.NaN,
    inputs: { train: input('train'), eval: input('eval') },
  };
  const started = performance.now();
  const { searchId } = await submitSearch(
    { ...submission(space), rows },
    { tracking, searches: services.searches },
  );
  if (options.watch) await watchSearch(services.searches, searchId, new AbortController().signal);
  for (;;) {
    const state = await services.searches.getJobState(searchId);
    if (state === 'completed' || state === 'failed') break;
    await sleep(25);
  }
  const seconds = (performance.now() - started) / 1000;
  const job = await services.searches.getJob(searchId);
  if (job.failedReason) throw new Error(job.failedReason);
  return { seconds, result: job.returnvalue };
}
